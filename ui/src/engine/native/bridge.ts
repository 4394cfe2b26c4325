/**
 * What the native engine asks of the shell and hears from it (`src-tauri/src/engine`). The host provides the
 * implementation, because only it may talk to the shell; what comes in through it is checked already.
 *
 * Three things travel elsewhere: encoded video goes over the media socket (`wire.ts`), straight between the
 * worker and the shell; sound never leaves the shell; cameras and screens are opened by the webview.
 */
import type { IceServer, PeerSignal, Source } from "../../protocol/generated";
import type { CaptureLack, DeviceRefusal, LinkProblem, LinkStatus } from "../types";

/**
 * Names one direction of one track on the media socket and in events. Local video streams are numbered by
 * this side, microphones and everything remote by the shell, which begins at 2^31.
 */
export type StreamId = number;
export type LinkId = number;

/** A page's hold on the engine. Opening it ends everything an earlier page left behind. */
export interface NativeBridge {
  open(listener: (event: NativeEvent) => void): Promise<NativeOpened>;
  /** In order, and none before the one before it was taken. Rejects when the shell refuses or is gone. */
  send(command: NativeCommand): Promise<void>;
  devices(): Promise<NativeDevice[]>;
  /** Replaces the microphone in use. Rejects with {@link NativeDeviceFailure}. */
  openMicrophone(deviceId: string | null): Promise<NativeMicrophone>;
  setSpeaker(deviceId: string | null): Promise<void>;
  /** What this computer has nothing to open cameras or screens by. Takes a second or two at worst. */
  lacks(): Promise<CaptureLack[]>;
  /** Null once the link is closed. */
  stats(link: LinkId): Promise<NativeStats | null>;
}

export interface NativeOpened {
  /** `ws://127.0.0.1:<port>/`. */
  mediaUrl: string;
  /** Second sub-protocol of the media socket, after `maru-media.v1`; good for this page only. */
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
  code: DeviceRefusal;
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
  /** A microphone that was replaced is ignored. */
  | { type: "mute"; stream: StreamId; muted: boolean }
  | { type: "close-microphone"; stream: StreamId }
  /** What is done to the microphone's sound. */
  | { type: "processing"; echoCancellation: boolean; noiseSuppression: boolean; gainControl: boolean };

export type NativeEvent =
  | { type: "status"; link: LinkId; status: LinkStatus; detail: string }
  | { type: "signal"; link: LinkId; signal: PeerSignal }
  /** All of a link's remote tracks. */
  | { type: "tracks"; link: LinkId; tracks: { source: Source; stream: StreamId }[] }
  /** All that a link cannot carry. */
  | { type: "problems"; link: LinkId; problems: LinkProblem[] }
  | { type: "open"; link: LinkId }
  | { type: "message"; link: LinkId; text: string }
  /** Remote sound only: packets arrive, or stopped. The worker sees by itself whether video does. */
  | { type: "live"; stream: StreamId; live: boolean }
  /** Ten times a second while there is a microphone or a remote voice; dBFS, −96 for silence. */
  | { type: "levels"; microphone: number; input: number; remote: { stream: StreamId; level: number }[] }
  /** The microphone was unplugged, and nothing stands in for it. */
  | { type: "microphone-ended"; stream: StreamId }
  | { type: "devices-changed" };

/** Counters since the link was made; rates are the difference of two. */
export interface NativeStats {
  /** Milliseconds. */
  roundTrip: number | null;
  lost: number;
  expected: number;
  /** Milliseconds. */
  jitter: number | null;
  /** Octets of payload. */
  sent: number;
  received: number;
  /** Bits per second that encoders together stay below. */
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
  /** Audio: samples made up, by any means, and those of them that forward error correction did not give. */
  concealed: number | null;
  /** Audio: milliseconds in the jitter buffer. */
  delay: number | null;
}
