/**
 * The contract between a call and the interface: its state, its actions, its events. `Call` (`call.ts`) is
 * framework-free: it owns the room, the links and the local devices, and publishes immutable snapshots of this state.
 */

import type {
  Capabilities,
  Device,
  DeviceErrorCode,
  EngineProblem,
  LinkProblem,
  LinkStats,
  LinkStatus,
  LocalTrack,
  RemoteTrack,
  Source,
} from "../engine/types";
import type { SignalingStatus } from "../host/types";
import type { ErrorCode, MediaState, Other } from "../protocol/generated";
import type { StatsSample } from "./link-sampler";
import type { Quality } from "./quality";

export type { MediaState, Quality, StatsSample };

export interface CallState {
  /** `idle`: not in a room. `joining`: waiting for the server. `joined`: in the room, even while the socket is down. */
  phase: "idle" | "joining" | "joined";
  /** While joining: the room is full, but one of its seats is kept for somebody whose connection was lost. */
  waitingForSeat: boolean;
  /** As typed while joining; the canonical ID once joined. */
  room: string | null;
  capacity: number;
  self: Self;
  /** In the order they joined. */
  participants: readonly RemoteParticipant[];
  signaling: SignalingStatus;
  /** Newest last, bounded (`MAX_CHAT_MESSAGES`). */
  chat: readonly ChatMessage[];
  /** Messages from others since the chat was last visible. */
  unread: number;
  /** Each is shown for a few seconds. */
  reactions: readonly Reaction[];
  /** Keys of those with a raised hand (or "self"), in the order they raised it. */
  hands: readonly string[];
  /** The participant who speaks (their key, or "self"), smoothed so that it does not flicker. */
  activeSpeaker: string | null;
  /** Newest first; each stays until it is dismissed or resolved. */
  notices: readonly Notice[];
  engine: {
    kind: "webview" | "native" | "none";
    capabilities: Capabilities;
    problems: readonly EngineProblem[];
  };
  /** The browser's autoplay policy blocks remote audio until the person clicks. */
  playbackBlocked: boolean;
  /** Milliseconds since the epoch, by our clock. */
  joinedAt: number | null;
}

export interface Self {
  /** Null until joined. */
  id: string | null;
  name: string;
  state: MediaState;
  microphone: LocalDevice;
  camera: LocalDevice;
  screen: LocalDevice;
  devices: readonly Device[];
  /** Selected devices; null is the system's default. */
  microphoneId: string | null;
  cameraId: string | null;
  speakerId: string | null;
  screenContent: "text" | "motion";
}

export interface LocalDevice {
  /**
   * `off`: not open, or muted (a muted microphone stays open). `interrupted`: on, but the system withholds its media, so
   * that the others see it off.
   */
  status: "off" | "opening" | "on" | "interrupted" | "error";
  error: { code: DeviceErrorCode; detail: string } | null;
  track: LocalTrack | null;
}

/** Pressing the switch of such a device turns it off, or cancels the opening. */
export function isOnOrOpening({ status }: LocalDevice): boolean {
  return status === "on" || status === "opening" || status === "interrupted";
}

export interface RemoteParticipant {
  /** Identifies the participant for as long as their link lives. Use it as React key, and to remember a choice. */
  key: string;
  /** Assigned by the server; changes when the server restarts. */
  id: string;
  name: string;
  link: LinkStatus;
  /** Technical, untranslated; empty without an error. */
  linkError: string;
  /** Media that a connected link cannot carry in either direction. */
  problems: readonly LinkProblem[];
  /** As they report it over the data channel; derived from the tracks for peers without one. */
  state: MediaState;
  tracks: Partial<Record<Source, RemoteTrack>>;
  /** Lost by the server, over a link that still works (they are reconnecting to the server). */
  absent: boolean;
  /** Their program takes part in file transfers; false before their first `hello`. */
  files: boolean;
  /** Of the link, over the last ten seconds (`quality.ts`). */
  quality: Quality;
}

export interface ChatMessage {
  /** Unique in this call. */
  key: string;
  /** Participant key, or "self". */
  from: string;
  name: string;
  /** By the sender's clock, clamped to the last minute of ours. Milliseconds since the epoch. */
  at: number;
  text: string;
  /** Own messages: the participants it could not be sent to. */
  undelivered: readonly Pick<RemoteParticipant, "key" | "name">[];
  /** Own messages: nobody else was in the room. */
  alone?: boolean;
}

/** Drawn as images, because some systems have no emoji font. */
export const REACTIONS = ["clap", "heart", "thumbs-up", "laugh", "surprise", "party"] as const;
export type ReactionName = (typeof REACTIONS)[number];

export interface Reaction {
  key: string;
  /** Participant key, or "self". */
  from: string;
  reaction: ReactionName;
}

export interface Notice {
  key: string;
  kind:
    | { type: "device"; source: Source; code: DeviceErrorCode }
    /** A device was unplugged; `fallback` is the label of the one used instead, null when it is off now. */
    | { type: "device-lost"; source: Source; fallback: string | null }
    /** The selected loudspeaker: `lost` while it is not there, `failed` when it could not be used. */
    | { type: "speaker"; problem: "lost" | "failed" }
    | { type: "refused"; code: ErrorCode | Other }
    | { type: "removed" }
    | { type: "link-failed"; participant: string; name: string }
    | { type: "chat-too-long" };
  /** Technical, untranslated; empty if there is none. */
  detail: string;
}

/**
 * None of these throw: failures appear in the state. Bound functions, so that they can be destructured and passed on.
 * Participants are named by ID.
 */
export interface CallActions {
  readonly join: (room: string, name: string) => void;
  readonly leave: () => void;
  /** On: opens the device if needed. Off: mutes it. Also before joining, for the preview. */
  readonly setMicrophone: (on: boolean) => void;
  /** Off closes the device, and with it its light. Also before joining, for the preview. */
  readonly setCamera: (on: boolean) => void;
  readonly setScreen: (on: boolean) => void;
  readonly setScreenContent: (content: "text" | "motion") => void;
  readonly selectDevice: (kind: "microphone" | "camera" | "speaker", id: string | null) => void;
  readonly setHand: (raised: boolean) => void;
  readonly react: (reaction: ReactionName) => void;
  /** False if the message was not sent (empty, too long, or not in a room). */
  readonly sendChat: (text: string) => boolean;
  /** Sends an own message to those it did not reach; one that was written alone, to everyone who is here now. By its key. */
  readonly sendChatAgain: (message: string) => void;
  /** While true (the chat panel is open and looked at), no message counts as unread. */
  readonly setChatVisible: (visible: boolean) => void;
  readonly dismissNotice: (key: string) => void;
  readonly unblockPlayback: () => void;
  readonly retryLink: (participant: string) => void;
  /** While the server is out of reach: tries again at once. */
  readonly retryServer: () => void;
  readonly stats: (participant: string) => Promise<LinkStats | null>;
}

export interface CallStore extends CallActions {
  readonly getState: () => CallState;
  readonly subscribe: (listener: () => void) => () => void;
  /** Events for sounds and screen reader announcements. */
  readonly onEvent: (listener: (event: CallEvent) => void) => () => void;
  /**
   * Statistics of a participant's link, oldest first, bounded (`MAX_SAMPLES`); the same array until there is another
   * sample. Not part of the state, which would re-render the whole call for each sample.
   */
  readonly samples: (participant: string) => readonly StatsSample[];
  /** Calls `listener` after each sample of that link, which is sampled more often meanwhile. */
  readonly watchSamples: (participant: string, listener: () => void) => () => void;
  /**
   * How large the interface shows the cameras, by participant key, in physical pixels; those that are missing are not on
   * the screen. Their senders send pictures worth the size.
   */
  readonly setShownHeights: (heights: ReadonlyMap<string, number>) => void;
  /** Audio level, 0–1, of a participant ID or "self". For meters: too frequent for the state. */
  readonly level: (participant: string) => number;
}

export type CallEvent =
  | { type: "joined" }
  | { type: "left" }
  | { type: "participant-joined"; name: string }
  | { type: "participant-left"; name: string; lost: boolean }
  | { type: "chat"; name: string; text: string }
  | { type: "hand"; name: string }
  | { type: "muted-speaking" };
