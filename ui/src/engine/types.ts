/**
 * How a call reaches devices and the network. An engine captures, sends, receives and plays media; it knows nothing of
 * rooms or participants. `detect/` selects one of three implementations: `webview` (RTCPeerConnection), `native` (the
 * connection is in Rust, and audio never enters the webview), and `none` (present in the room, without media).
 *
 * Tracks are opaque on purpose: in the native engine a microphone is a stream in Rust, not a `MediaStreamTrack`.
 */
import type { IceServer, PeerSignal, Source } from "../protocol/generated";

export type { Source };

export interface Engine {
  readonly kind: "webview" | "native" | "none";
  readonly capabilities: Capabilities;
  readonly devices: Devices;
  /** What this computer lacks for a complete call; `capabilities` has the consequences. */
  readonly problems?: readonly EngineProblem[];
  /** One per remote participant. */
  createLink(options: LinkOptions): Link;
  /** Plays remote audio on this output device from now on (null: system default). */
  setSpeaker(deviceId: string | null): Promise<void>;
  /**
   * Sets microphone processing, also of an open microphone. False where the open microphone keeps its processing: it
   * has to be closed and opened again.
   */
  setProcessing(processing: Processing): Promise<boolean>;
  /** While the autoplay policy blocks remote audio, `blocked` is true; call `unblock` in a user gesture. */
  readonly playback: {
    blocked(): boolean;
    unblock(): Promise<void>;
    onChange(listener: () => void): () => void;
  };
  close(): void;
}

export interface Processing {
  /** Removes what the loudspeakers play. */
  echoCancellation: boolean;
  /** Removes steady background noise. */
  noiseSuppression: boolean;
  /** Keeps speech at an even level. */
  gainControl: boolean;
}

/** Each is something that the person can fix or work around. */
export type EngineProblem =
  /** The video worker did not start. */
  | "no-video-worker"
  /** No MediaStreamTrackProcessor in workers: captured frames cannot be read. */
  | "no-frame-access"
  /** The same, but the page reads frames from a video element: works, at a higher CPU cost. */
  | "slow-frame-access"
  /** No VideoTrackGenerator in workers: received frames cannot be shown. */
  | "no-frame-display"
  /** The same, but the page draws frames on a canvas: works, at a higher CPU cost. */
  | "slow-frame-display"
  /** WebCodecs, or the plugins behind them (GStreamer's vpx on Linux), are missing. */
  | "no-vp8-encoder"
  | "no-vp8-decoder"
  /** The page is no secure context (Secure Contexts §2.1), so it gets no camera, microphone or screen. */
  | "insecure-page"
  | MissingComponent;

/** OS components missing for camera or screen capture in a Linux webview. */
export type MissingComponent =
  /** GStreamer's PipeWire plugin: needed for cameras and screens. */
  | "no-pipewire-plugin"
  /** The desktop portal, or its camera interface. */
  | "no-camera-portal"
  /** The desktop portal, or its screen cast interface. */
  | "no-screen-portal"
  /** A graphics card: needed for screens. Without one, getDisplayMedia blocks the window for half a minute. */
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
  /** Empty before the first permission. */
  label: string;
  /** The system's default of its kind, where the platform reports it. */
  isDefault?: boolean;
}

export interface Devices {
  list(): Promise<Device[]>;
  onChange(listener: () => void): () => void;
  /** An open device of this kind has to be closed before another is opened. */
  closesFirst?(kind: "microphone" | "camera"): boolean;
  /** All `open…` reject with {@link DeviceError}. A chosen device that is gone falls back to the default. */
  openMicrophone(deviceId: string | null): Promise<LocalTrack>;
  openCamera(deviceId: string | null): Promise<LocalTrack>;
  /** A screen, window or tab; `audio` is null where the platform does not capture it. */
  openScreen(content: "text" | "motion"): Promise<{ video: LocalTrack; audio: LocalTrack | null }>;
}

export type DeviceErrorCode =
  | DeviceFailureCode
  /** A screen: dismissed again on macOS, or the system does not let this program record it. The two look alike. */
  | "maybe-denied"
  | MissingComponent;

export type DeviceFailureCode =
  /** Permission was denied, by the person or the system. */
  | "denied"
  /** The screen picker was dismissed. */
  | "cancelled"
  | "missing"
  /** In use by another program. */
  | "busy"
  /** The page may not request devices (not https, or no permission API). */
  | "insecure"
  | "unsupported"
  | "failed";

export class DeviceError extends Error {
  constructor(
    readonly code: DeviceErrorCode,
    /** Technical detail; not translated. */
    readonly detail: string,
  ) {
    super(`${code}: ${detail}`);
    this.name = "DeviceError";
  }
}

export interface LocalTrack {
  readonly source: Source;
  readonly label: string;
  /** The device actually opened; null where the platform does not report it. */
  readonly deviceId: string | null;
  /** Audio only: keeps the device open and sends silence. */
  setMuted(muted: boolean): void;
  /** Screen only. */
  setContent?(content: "text" | "motion"): void;
  /** Audio only: 0–1 on a decibel scale, 0 while muted. Cheap enough for every animation frame. */
  level(): number;
  /** Audio only: the device's level, also while muted, for "you are muted" hints. */
  inputLevel?(): number;
  /** Microphone only: false while its level cannot be measured; then it is 0 whatever the person says. */
  measuresLevel?(): boolean;
  /** Microphone and camera only: the system withholds the media at present, as by the mute switch of a headset. */
  interrupted?(): boolean;
  /** `interrupted` changed. */
  onInterruption?(listener: () => void): () => void;
  /** Video only: shows the track until the returned function is called. */
  attach(element: HTMLVideoElement): () => void;
  /** The device was unplugged, its permission revoked, or sharing stopped outside the app. Not after `stop`. */
  onEnded(listener: () => void): () => void;
  stop(): void;
}

export interface RemoteTrack {
  readonly source: Source;
  attach(element: HTMLVideoElement): () => void;
  /** Audio: 0–1 as received. */
  level(): number;
  /** Frames are arriving. */
  live(): boolean;
  onChange(listener: () => void): () => void;
}

export type LinkStatus = "connecting" | "connected" | "reconnecting" | "failed" | "closed";

export type LinkProblem =
  /** A kind of media that a link cannot carry, in either direction: no common codec (RFC 3264 §6). */
  | "no-audio-codec"
  | "no-video-codec"
  /**
   * Why a link does not connect: both sides hide their addresses, as browsers do until the page has opened a device, and
   * the network does not resolve the names in their place.
   */
  | "hidden-addresses";

export interface LinkOptions {
  iceServers: readonly IceServer[];
  /** W3C perfect negotiation: the polite side rolls back in a glare. */
  polite: boolean;
  /** Offers at once; otherwise waits for the remote offer, and offers only if none arrives. */
  offerFirst: boolean;
  /** Transmits a signal to the remote side. */
  send(signal: PeerSignal): void;
  events: LinkEvents;
}

export interface LinkEvents {
  status(status: LinkStatus, detail: string): void;
  /** All remote tracks, whenever one is added or removed. */
  tracks(tracks: readonly RemoteTrack[]): void;
  /** All current problems, whenever they change. */
  problems(problems: readonly LinkProblem[]): void;
  /** The data channel opened (again). */
  open(): void;
  /** A text message; not validated. */
  message(text: string): void;
}

export interface Link {
  /**
   * Validated signals only. Never throws: a link that never connected becomes `failed` if a signal cannot be applied.
   */
  receive(signal: PeerSignal): void;
  /** Sends this track as `source`; null stops sending. Negotiates only if necessary. */
  setTrack(source: Source, track: LocalTrack | null): void;
  /**
   * How large the remote participant shows our `source`, in physical pixels (0: not at all); null: not known. Sends a
   * picture worth the size.
   */
  setShownHeight(source: Source, height: number | null): void;
  /** False if the message was not sent: the channel is not open, or its buffer is full. */
  sendMessage(text: string): boolean;
  /** After the remote participant's ID changed, which decides who is polite. */
  setPolite(polite: boolean): void;
  setIceServers(servers: readonly IceServer[]): void;
  /** Requests an ICE restart (RFC 8445 §2.4). */
  restartIce(): void;
  stats(): Promise<LinkStats>;
  close(): void;
}

/**
 * Statistics in the same form from every engine. Rates, shares and times per frame cover the time since the last call;
 * null means not reported by the engine or browser, or nothing to measure.
 */
export interface LinkStats {
  /** Milliseconds. */
  roundTrip: number | null;
  /** 0–1, of received packets. */
  loss: number | null;
  /** 0–1, of sent packets: "fraction lost" of the last receiver reports (RFC 3550 §6.4.1). */
  sentLoss: number | null;
  /** Milliseconds, audio. */
  jitter: number | null;
  /** Bits per second. */
  sentBitrate: number;
  receivedBitrate: number;
  /** Estimated available outgoing bitrate, bits per second. */
  availableBitrate: number | null;
  /** Starts with the candidate type: `host`, `srflx`, `prflx` or `relay` (RFC 8839 §5.1). */
  localCandidate: string | null;
  remoteCandidate: string | null;
  media: MediaStats[];
}

/** W3C `qualityLimitationReason`. */
export type Limitation = "none" | "bandwidth" | "cpu" | "other";

export interface MediaStats {
  direction: "sent" | "received";
  source: Source;
  codec: string | null;
  /** Video. */
  width: number | null;
  height: number | null;
  framesPerSecond: number | null;
  /** Encoded or decoded, since the start. */
  frames: number | null;
  /** Milliseconds per frame. Video sent. */
  encodeTime: number | null;
  /** Milliseconds per frame. Video received. */
  decodeTime: number | null;
  /** Video sent. */
  limitation: Limitation | null;
  /** 0–1: share of the time that the video was frozen. Video received. */
  frozen: number | null;
  /** Audio. */
  packets: number | null;
  /** Concealed samples since the start. */
  concealed: number | null;
  /** 0–1: share of played samples that were concealed, without concealed silence. Audio received. */
  concealedShare: number | null;
  /** Jitter buffer delay, milliseconds. Audio received. */
  bufferDelay: number | null;
  totalAudioEnergy: number | null;
}
