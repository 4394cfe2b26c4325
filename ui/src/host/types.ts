/**
 * The one interface between the interface and what it runs on. Two implementations: `desktop` (Tauri; the
 * only folder that imports `@tauri-apps/*`) and `browser`. Nothing above this folder asks which one it is
 * except to word a sentence.
 */
// A contract, not an engine: who carries calls is decided above this folder.
import type { NativeBridge } from "../engine/native/bridge";
import type { ErrorCode, Other, ServerMessage } from "../protocol/generated";

export interface Host {
  readonly kind: "desktop" | "browser";
  readonly signaling: Signaling;
  readonly settings: SettingsStore;
  /** Desktop only: reaches the engine in the shell, for webviews that cannot carry a call themselves. */
  readonly native?: NativeBridge;
  /** The link that opens `room` in a browser: what "copy link" copies. */
  roomLink(room: string): string;
  /** Opens a web link outside the app (the desktop's browser, a new tab in a browser). */
  openExternal(url: string): Promise<void>;
  copyText(text: string): Promise<void>;
  /** Room in the link the app was opened with (`/r/<room>`), decoded; null without one. */
  initialRoom(): string | null;
  /** Shows `room` in the address bar where there is one. */
  showRoom(room: string | null): void;
}

/**
 * The signaling connection, which outlives the interface where the host can keep it (on the desktop it
 * lives in Rust and survives a webview reload). Joining, heartbeats, reconnecting with back-off and
 * `resume` are the host's; the call only hears what came of it.
 */
export interface Signaling {
  /** Enters `room` and stays in it, across lost sockets, until `leave`. */
  join(request: JoinRequest): void;
  signal(to: string, data: unknown): void;
  leave(): void;
  /** Every listener hears everything from now on, in order. */
  subscribe(listener: (event: SignalingEvent) => void): () => void;
}

export interface JoinRequest {
  room: string;
  name: string;
  token?: string;
}

export type SignalingEvent =
  /** A checked message from the server. `pong` is swallowed by the host. A repeated `joined` means the
   *  socket was lost and is back: same `self` and incarnation when resumed, otherwise new ones. */
  { type: "message"; message: ServerMessage } | { type: "status"; status: SignalingStatus };

export type SignalingStatus =
  | { kind: "idle" }
  | { kind: "connecting" }
  | { kind: "online" }
  /** Lost; the next try is due at `retryAt` (ms since the epoch), or under way when null. */
  | { kind: "reconnecting"; attempt: number; retryAt: number | null; detail: string }
  /** Given up: a refusal that trying again will not change. */
  | { kind: "refused"; code: ErrorCode | Other; detail: string };

export interface SettingsStore {
  /** Current values; defaults until `ready` resolves. */
  get(): Settings;
  set(patch: Partial<Settings>): void;
  subscribe(listener: (settings: Settings) => void): () => void;
  readonly ready: Promise<void>;
}

export interface Settings {
  name: string;
  language: "system" | "ko" | "en";
  theme: "system" | "dark" | "light";
  sounds: boolean;
  /** Join with these on. The devices open only after the person turned them on once. */
  microphoneOn: boolean;
  cameraOn: boolean;
  /** Preferred devices; null is the system's default. */
  microphoneId: string | null;
  cameraId: string | null;
  speakerId: string | null;
  /** What is done to the voice before it is sent. Without echo cancellation, wear a headset. */
  echoCancellation: boolean;
  noiseSuppression: boolean;
  gainControl: boolean;
  /** What a shared screen is tuned for. */
  screenContent: "text" | "motion";
  /** Desktop only: origin of the server, e.g. `https://maru.example.org`. A browser uses its own origin. */
  serverUrl: string;
}

export const DEFAULT_SETTINGS: Settings = {
  name: "",
  language: "system",
  theme: "system",
  sounds: true,
  microphoneOn: false,
  cameraOn: false,
  microphoneId: null,
  cameraId: null,
  speakerId: null,
  echoCancellation: true,
  noiseSuppression: true,
  gainControl: true,
  screenContent: "text",
  serverUrl: "http://localhost:7880",
};
