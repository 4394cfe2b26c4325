/**
 * The native engine's interface to the shell (`src-tauri/src/engine`). Implemented by the host, the only part that may
 * call the shell; everything received through it is validated.
 *
 * Not part of it: encoded video, which goes over the media socket (`wire.ts`) directly between worker and shell; audio,
 * which never leaves the shell; cameras and screens, which the webview opens.
 */
import type { IceServer, PeerSignal, Source } from "../../protocol/generated";
import type { DeviceFailureCode, LinkProblem, LinkStatus, MissingComponent } from "../types";

/**
 * Identifies one direction of one track on the media socket and in events. The page numbers local video streams, from
 * 1; the shell numbers microphones and remote streams, from 2^31.
 */
export type StreamId = number;
export type LinkId = number;

/** A page's connection to the engine in the shell. `open` ends everything that an earlier page left open. */
export interface NativeBridge {
  open(listener: (event: NativeEvent) => void): Promise<NativeOpened>;
  /** Commands are executed one after another, in order. Rejects if the shell rejects the command or is gone. */
  send(command: NativeCommand): Promise<void>;
  devices(): Promise<NativeDevice[]>;
  /** Replaces the open microphone. Rejects with {@link NativeDeviceFailure}. */
  openMicrophone(deviceId: string | null): Promise<NativeMicrophone>;
  setSpeaker(deviceId: string | null): Promise<void>;
  /** OS components missing for camera or screen capture. Takes up to two seconds. */
  missingComponents(): Promise<MissingComponent[]>;
  /** Null once the link is closed. */
  stats(link: LinkId): Promise<NativeStats | null>;
}

export interface NativeOpened {
  /** `ws://127.0.0.1:<port>/`. */
  mediaUrl: string;
  /** Second subprotocol of the media socket, after `maru-media.v1`; valid for this page only. */
  token: string;
}

export interface NativeDevice {
  id: string;
  kind: "microphone" | "speaker";
  label: string;
}

export interface NativeMicrophone {
  stream: StreamId;
  deviceId: string | null;
  label: string;
}

export interface NativeDeviceFailure {
  code: DeviceFailureCode;
  detail: string;
}

export type NativeCommand =
  | {
      type: "create-link";
      link: LinkId;
      iceServers: readonly IceServer[];
      polite: boolean;
      offerFirst: boolean;
    }
  | { type: "close-link"; link: LinkId }
  | { type: "receive"; link: LinkId; signal: PeerSignal }
  | { type: "set-track"; link: LinkId; source: Source; stream: StreamId | null }
  | { type: "send-message"; link: LinkId; text: string }
  | { type: "set-polite"; link: LinkId; polite: boolean }
  | { type: "set-ice-servers"; link: LinkId; iceServers: readonly IceServer[] }
  | { type: "restart-ice"; link: LinkId }
  /** Ignored for a microphone that was replaced. */
  | { type: "mute"; stream: StreamId; muted: boolean }
  | { type: "close-microphone"; stream: StreamId }
  /** Microphone processing. */
  | { type: "processing"; echoCancellation: boolean; noiseSuppression: boolean; gainControl: boolean };

export type NativeEvent =
  | { type: "status"; link: LinkId; status: LinkStatus; detail: string }
  | { type: "signal"; link: LinkId; signal: PeerSignal }
  /** All of a link's remote tracks. */
  | { type: "tracks"; link: LinkId; tracks: { source: Source; stream: StreamId }[] }
  /** All current problems of a link. */
  | { type: "problems"; link: LinkId; problems: LinkProblem[] }
  | { type: "open"; link: LinkId }
  | { type: "message"; link: LinkId; text: string }
  /** Remote audio only: packets arrive, or stopped. For video the worker detects it. */
  | { type: "live"; stream: StreamId; live: boolean }
  /** Ten times a second while there is a microphone or remote audio; dBFS, −96 for silence. */
  | { type: "levels"; microphone: number; input: number; remote: { stream: StreamId; level: number }[] }
  /** The microphone was unplugged, and no other replaces it. */
  | { type: "microphone-ended"; stream: StreamId }
  | { type: "devices-changed" };

/** Counters since the link was created. */
export interface NativeStats {
  /** Milliseconds. */
  roundTrip: number | null;
  lost: number;
  expected: number;
  /** Milliseconds. */
  jitter: number | null;
  /** Payload bytes. */
  sent: number;
  received: number;
  /** Bits per second for all encoders together. */
  bandwidth: number;
  localCandidate: string | null;
  remoteCandidate: string | null;
  media: NativeMediaStats[];
}

export interface NativeMediaStats {
  direction: "sent" | "received";
  source: Source;
  stream: StreamId;
  codec: string;
  frames: number;
  packets: number;
  /** Audio: samples concealed because their packet did not arrive in time. */
  concealed: number | null;
  /** Audio: milliseconds in the jitter buffer. */
  delay: number | null;
}
