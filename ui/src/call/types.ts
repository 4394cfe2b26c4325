/**
 * What the interface may know of a call, and what it may ask of it. `Call` (`call.ts`) is framework-free:
 * it owns the room, the links and the local devices, and publishes immutable snapshots of this state.
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
import type { Quality } from "./quality";
import type { StatsSample } from "./statistics";

export type { MediaState, Quality, StatsSample };

export interface CallState {
  /** `idle`: not in a room. `joining`: asked. `joined`: in it, whatever the socket does meanwhile. */
  phase: "idle" | "joining" | "joined";
  /** Canonical ID once joined, as typed before. */
  room: string | null;
  capacity: number;
  self: Self;
  /** In the order they came. */
  participants: readonly RemoteParticipant[];
  signaling: SignalingStatus;
  /** Newest last, bounded (CHAT_HISTORY). */
  chat: readonly ChatMessage[];
  /** Messages from others since the chat was last seen. */
  unread: number;
  /** Alive for a few seconds each. */
  reactions: readonly Reaction[];
  /** Participant who speaks (their ID, or "self"), held for a moment so that it does not flicker. */
  activeSpeaker: string | null;
  /** The newest first; each until dismissed or resolved. */
  notices: readonly Notice[];
  engine: {
    kind: "webview" | "native" | "none";
    capabilities: Capabilities;
    problems: readonly EngineProblem[];
  };
  /** Remote audio waits for a click. */
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
  /** Selected; null is the system's default. */
  microphoneId: string | null;
  cameraId: string | null;
  speakerId: string | null;
  screenContent: "text" | "motion";
}

export interface LocalDevice {
  /** `off`: not opened, or muted (microphone keeps its device while muted). */
  status: "off" | "opening" | "on" | "error";
  error: { code: DeviceErrorCode; detail: string } | null;
  track: LocalTrack | null;
}

/** What a switch asks for next is the opposite: off while on, and off (cancel) while still opening. */
export function isWanted({ status }: LocalDevice): boolean {
  return status === "on" || status === "opening";
}

export interface RemoteParticipant {
  id: string;
  name: string;
  link: LinkStatus;
  /** Technical, for the details drawer. */
  linkDetail: string;
  /** What goes neither way over a link that stands. */
  problems: readonly LinkProblem[];
  /** Their own word where they have the data channel, otherwise what the tracks show. */
  state: MediaState;
  tracks: Partial<Record<Source, RemoteTrack>>;
  /** The server lost sight of them and the link still lives (they are reconnecting to the server). */
  absent: boolean;
  /** Of the link, from the last ten seconds (`quality.ts`). */
  quality: Quality;
}

export interface ChatMessage {
  /** Unique here. */
  key: string;
  /** Participant ID, or "self". */
  from: string;
  name: string;
  /** Sender's clock, clamped to a sane range of ours. Milliseconds since the epoch. */
  at: number;
  text: string;
  /** Own messages: names of present participants it could not be handed to. */
  undelivered: readonly string[];
}

/** Drawn as images: emoji fonts are not everywhere. */
export const REACTIONS = ["clap", "heart", "thumbs-up", "laugh", "surprise", "party"] as const;
export type ReactionName = (typeof REACTIONS)[number];

export interface Reaction {
  key: string;
  from: string;
  reaction: ReactionName;
}

export interface Notice {
  key: string;
  kind:
    | { type: "device"; source: Source; code: DeviceErrorCode }
    /** A device was unplugged; `fallback` is the label of the one used instead, null when it is off now. */
    | { type: "device-lost"; source: Source; fallback: string | null }
    | { type: "refused"; code: ErrorCode | Other }
    | { type: "removed" }
    | { type: "link-failed"; participant: string; name: string }
    | { type: "chat-too-long" };
  /** Copyable, untranslated. */
  detail: string;
}

/** What the interface asks for. None of these throw; failures arrive as state. */
export interface CallActions {
  join(room: string, name: string): void;
  leave(): void;
  /** On: opens the device if needed. Off: mutes. Works before joining too: that is the preview. */
  setMicrophone(on: boolean): void;
  /** Off stops the device, and its light. */
  setCamera(on: boolean): void;
  setScreen(on: boolean): void;
  setScreenContent(content: "text" | "motion"): void;
  selectDevice(kind: "microphone" | "camera" | "speaker", id: string | null): void;
  setHand(up: boolean): void;
  react(reaction: ReactionName): void;
  /** False when it was refused (empty or too long). */
  sendChat(text: string): boolean;
  /** The chat panel is open: nothing is unread while true. */
  setChatVisible(visible: boolean): void;
  dismissNotice(key: string): void;
  unblockPlayback(): void;
  retryLink(participant: string): void;
  stats(participant: string): Promise<LinkStats | null>;
}

export interface CallStore extends CallActions {
  getState(): CallState;
  subscribe(listener: () => void): () => void;
  /** Things that happened, for sounds and announcements: not state. */
  onEvent(listener: (event: CallEvent) => void): () => void;
  /**
   * The figures behind a participant's quality, oldest first, bounded (`HISTORY`); the same array until there
   * is another sample. Kept out of the state on purpose.
   */
  samples(participant: string): readonly StatsSample[];
  /** Tells of each further sample, and has that link sampled more often meanwhile. */
  watchSamples(participant: string, listener: () => void): () => void;
  /** 0–1; participant ID or "self". For meters at frame rate, kept out of the state on purpose. */
  level(participant: string): number;
  destroy(): void;
}

export type CallEvent =
  | { type: "joined" }
  | { type: "left" }
  | { type: "participant-joined"; name: string }
  | { type: "participant-left"; name: string; lost: boolean }
  | { type: "chat"; name: string; text: string }
  | { type: "hand"; name: string }
  | { type: "muted-speaking" };
