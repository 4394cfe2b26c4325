/**
 * How a call reaches devices and the network. An engine captures, sends, receives and plays; it knows
 * nothing of rooms or participants' names. Three implementations are chosen between by feature detection
 * (`detect.ts`): `webview` (RTCPeerConnection), `native` (Rust carries the connection; audio never enters
 * the webview), and `none` (present in the room, without media).
 *
 * Tracks are opaque on purpose: in the native engine a microphone is a stream in Rust, not a
 * `MediaStreamTrack`.
 */
import type { IceServer, PeerSignal, Source } from "../protocol/generated";

export type { Source };

export interface Engine {
  readonly kind: "webview" | "native" | "none";
  readonly capabilities: Capabilities;
  readonly devices: Devices;
  /** What this machine lacks for a whole call; the capabilities say what that costs. */
  readonly problems?: readonly EngineProblem[];
  /** One per remote participant. */
  createLink(options: LinkOptions): Link;
  /** Plays remote voices and screen audio through this device from now on (null: system default). */
  setSpeaker(deviceId: string | null): Promise<void>;
  /** What is done to the voice from now on, an open microphone's included where the platform can. */
  setProcessing(processing: Processing): void;
  /**
   * Set where autoplay rules keep remote audio silent until the person clicks something; call `unblock`
   * from that click.
   */
  readonly playback: {
    blocked(): boolean;
    unblock(): Promise<void>;
    onChange(listener: () => void): () => void;
  };
  close(): void;
}

export interface Processing {
  /** Takes out what the loudspeakers play. */
  echoCancellation: boolean;
  /** Takes out fans and traffic. */
  noiseSuppression: boolean;
  /** Evens out how loud the voice is. */
  gainControl: boolean;
}

/** Each names something a person can install, switch on, or do otherwise. */
export type EngineProblem =
  /** The video worker did not start. */
  | "no-video-worker"
  /** No MediaStreamTrackProcessor in workers: captured frames cannot be read. */
  | "no-frame-access"
  /** The same, but the page reads them off an element: works, at more cost. */
  | "slow-frame-access"
  /** No VideoTrackGenerator in workers: received frames cannot be shown. */
  | "no-frame-display"
  /** The same, but the page draws them on a canvas: works, at more cost. */
  | "slow-frame-display"
  /** WebCodecs, or the plugins behind them (GStreamer's vpx on Linux), are missing. */
  | "no-vp8-encoder"
  | "no-vp8-decoder"
  /** The page is no secure context (Secure Contexts §2.1), so that it gets no camera, microphone or screen. */
  | "insecure-page"
  | CaptureLack;

/** What a Linux webview opens cameras and screens by, and this computer has not. */
export type CaptureLack =
  /** GStreamer's PipeWire plugin: neither. */
  | "no-pipewire-plugin"
  /** The desktop portal, or its part for cameras. */
  | "no-camera-portal"
  /** The desktop portal, or its part for screens. */
  | "no-screen-portal"
  /** A graphics card: no screens, which asking for would stop the window for half a minute. */
  | "no-graphics-card";

export interface Capabilities {
  /** Can carry calls at all. */
  calls: boolean;
  microphone: boolean;
  camera: boolean;
  screen: boolean;
  chooseSpeaker: boolean;
}

export type DeviceKind = "microphone" | "camera" | "speaker";

export interface Device {
  id: string;
  kind: DeviceKind;
  /** Empty until the platform lets us read it (before the first permission). */
  label: string;
}

export interface Devices {
  list(): Promise<Device[]>;
  onChange(listener: () => void): () => void;
  /** All `open…` reject with {@link DeviceError}. A chosen device that is gone falls back to the default. */
  openMicrophone(deviceId: string | null): Promise<LocalTrack>;
  openCamera(deviceId: string | null): Promise<LocalTrack>;
  /** Screen, window or tab as the platform offers; the second is its sound where given. */
  openScreen(content: "text" | "motion"): Promise<{ video: LocalTrack; audio: LocalTrack | null }>;
}

export type DeviceErrorCode = DeviceRefusal | CaptureLack;

export type DeviceRefusal =
  /** The person or the system said no. */
  | "denied"
  /** The screen picker was dismissed: not a failure. */
  | "cancelled"
  | "missing"
  /** Another program has it. */
  | "busy"
  /** This page may not ask (not https, or no permission API). */
  | "insecure"
  | "unsupported"
  | "failed";

export class DeviceError extends Error {
  constructor(
    readonly code: DeviceErrorCode,
    /** For the details drawer; not translated. */
    readonly detail: string,
  ) {
    super(`${code}: ${detail}`);
    this.name = "DeviceError";
  }
}

export interface LocalTrack {
  readonly source: Source;
  readonly label: string;
  /** The device actually opened, where the platform says. */
  readonly deviceId: string | null;
  /** Audio only: keep the device, send silence. */
  setMuted(muted: boolean): void;
  /** Screen only. */
  setContent?(content: "text" | "motion"): void;
  /** Audio only: 0–1, perceptual, cheap enough for every animation frame. 0 while muted. */
  level(): number;
  /** Audio only: level of the device even while muted, for "you are muted" hints. */
  inputLevel?(): number;
  /** Shows the track; returns what undoes it. Video only. */
  attach(element: HTMLVideoElement): () => void;
  /** The device was unplugged, revoked, or sharing was stopped outside the app. Not after `stop`. */
  onEnded(listener: () => void): () => void;
  stop(): void;
}

export interface RemoteTrack {
  readonly source: Source;
  attach(element: HTMLVideoElement): () => void;
  /** Audio: 0–1 as received. */
  level(): number;
  /** Frames are arriving (false: not begun, or the sender turned it off). */
  live(): boolean;
  onChange(listener: () => void): () => void;
}

export type LinkStatus = "connecting" | "connected" | "reconnecting" | "failed" | "closed";

/** What a link that stands cannot carry, in either direction. */
export type LinkProblem =
  /** The two sides have no codec in common for it (RFC 3264 §6); everything else goes on. */
  "no-audio-codec" | "no-video-codec";

export interface LinkOptions {
  iceServers: readonly IceServer[];
  /** W3C perfect negotiation: the polite side gives way in a glare. */
  polite: boolean;
  /** Offer at once, or wait for the other side's offer and only offer when none comes. */
  offerFirst: boolean;
  /** Hand this to the other side. */
  send(signal: PeerSignal): void;
  events: LinkEvents;
}

export interface LinkEvents {
  status(status: LinkStatus, detail: string): void;
  /** A remote track appeared or went. */
  tracks(tracks: readonly RemoteTrack[]): void;
  /** All there are now. */
  problems(problems: readonly LinkProblem[]): void;
  /** The data channel opened (again). */
  open(): void;
  /** One text message, unchecked. */
  message(text: string): void;
}

export interface Link {
  /** Checked signals only. Never throws: what cannot be applied ends in status `failed` with a detail. */
  receive(signal: PeerSignal): void;
  /** Sends this track as `source` from now on; null stops sending. Negotiates only where it must. */
  setTrack(source: Source, track: LocalTrack | null): void;
  /** False when the channel is not open or its queue is full: the message was not sent. */
  sendMessage(text: string): boolean;
  /** The other side's ID changed, and with it who is polite. */
  setPolite(polite: boolean): void;
  setIceServers(servers: readonly IceServer[]): void;
  /** New path, same connection (RFC 8445 §2.4). */
  restartIce(): void;
  stats(): Promise<LinkStats>;
  close(): void;
}

/**
 * One sample, the same from every engine. Rates, shares and times per frame are over the time since the
 * last call; null is what an engine or a browser does not say, or what nothing was measured for.
 */
export interface LinkStats {
  /** Milliseconds. */
  roundTrip: number | null;
  /** 0–1, of packets the other side sent us. */
  loss: number | null;
  /** 0–1, of packets we sent, as the other side last reported it (RFC 3550 §6.4.1, "fraction lost"). */
  sentLoss: number | null;
  /** Milliseconds, audio. */
  jitter: number | null;
  /** Bits per second. */
  sentBitrate: number;
  receivedBitrate: number;
  /** Bits per second that the path takes from us at present, by estimate. */
  availableBitrate: number | null;
  /** Begins with the candidate's type: `host`, `srflx`, `prflx` or `relay` (RFC 8839 §5.1). */
  localCandidate: string | null;
  remoteCandidate: string | null;
  media: MediaStats[];
}

/** Why an encoder gives less than it was asked for. */
export type Limitation = "none" | "bandwidth" | "cpu" | "other";

export interface MediaStats {
  direction: "sent" | "received";
  source: Source;
  codec: string | null;
  /** Video. */
  width: number | null;
  height: number | null;
  framesPerSecond: number | null;
  /** Since the beginning: encoded or decoded. */
  frames: number | null;
  /** Milliseconds for one frame. Video sent. */
  encodeTime: number | null;
  /** Milliseconds for one frame. Video received. */
  decodeTime: number | null;
  /** Video sent. */
  limitation: Limitation | null;
  /** 0–1: of the time, how long the picture stood still when it should not have. Video received. */
  frozen: number | null;
  /** Audio. */
  packets: number | null;
  /** Samples since the beginning that were made up because what belongs there did not come. */
  concealed: number | null;
  /** 0–1: the same as a share of what was played, without what was silence anyway. Audio received. */
  concealedShare: number | null;
  /** Milliseconds that sound waits for what comes late. Audio received. */
  bufferDelay: number | null;
  totalAudioEnergy: number | null;
}
