/**
 * The contract between the interface and the platform it runs on. Two implementations: `desktop` (Tauri; the only
 * folder that imports `@tauri-apps/*`) and `browser`. Code above this folder depends on `kind` only for texts and for
 * settings that one of them lacks.
 */
// A type only: the engine is selected above this folder.
import type { NativeBridge } from "../engine/native/bridge";
import type { ErrorCode, Other, ServerMessage } from "../protocol/generated";
import type { FilesHost } from "./files";
import type { RoomPlace } from "./room-link";

export interface Host {
  readonly kind: "desktop" | "browser";
  readonly signaling: Signaling;
  readonly settings: SettingsStore;
  /** Desktop only: the engine in the shell, for webviews without WebRTC. */
  readonly native?: NativeBridge;
  /** File transfers. Absent where there are none. */
  readonly files?: FilesHost;
  /** The link that opens `room` in a browser, for invitations. */
  roomLink(room: string): string;
  /** Opens a URL outside the app (in the system's browser; in a browser in a new tab). */
  openExternal(url: string): Promise<void>;
  copyText(text: string): Promise<void>;
  /** The room of the link that the app was opened with (`/r/<room>`), decoded; null without one. */
  initialRoom(): string | null;
  /** Puts `room` into the page's address. */
  showRoom(room: string | null): void;
  readonly notifications: Notifications;
  /** Keeps the screen on, or not. Where that is not possible, nothing happens. */
  keepScreenOn(on: boolean): void;
  /** Desktop only: makes `origin` the server of the following joins. A page in a browser stays with its own. */
  setServer?(origin: string): Promise<void>;
  /** Browser only: replaces this page with the room's page on its own server. */
  visit?(place: RoomPlace): void;
  /** Desktop only: the app is started, or started again, with a room, a link or a server. */
  onOpened?(listener: (opened: OpenedRoom) => void): () => void;
  /** Browser only: until it is released, leaving the page asks. On the desktop the shell asks, and a reload is harmless. */
  guardCall?(onBack: () => void): CallGuard;
}

/** What the command line of the desktop app asks to open. */
export interface OpenedRoom {
  /** Origin; null: the server in use. */
  server: string | null;
  room: string | null;
}

export interface CallGuard {
  /** After Back, which did not leave the page: the person stays. */
  stay(): void;
  release(): void;
}

/** The system's notifications, or the browser's. */
export interface Notifications {
  /** `ask`: shown once the person has allowed them, see {@link ask}. `absent`: there are none here. */
  permission(): "granted" | "ask" | "denied" | "absent";
  /** Asks the person, in a user gesture. Resolves with the answer in `permission`. */
  ask(): Promise<void>;
  /** Shows one in the place of the last of its kind, unless the person looks at the window. Never throws. */
  show(notification: AppNotification): void;
}

export interface AppNotification {
  kind: "chat" | "people";
  title: string;
  body: string;
}

/**
 * The signaling session. The host does the joining, the heartbeat, and reconnecting with backoff and `resume`; the call
 * receives the results. On the desktop the session is in the shell and survives a reload of the webview.
 */
export interface Signaling {
  /** Enters the room and stays in it, across lost connections, until `leave`. */
  join(request: JoinRequest): void;
  signal(to: string, data: unknown): void;
  leave(): void;
  /** While the server is out of reach: tries again at once. */
  retry(): void;
  /** Each listener receives all further events, in order. */
  subscribe(listener: (event: SignalingEvent) => void): () => void;
}

export interface JoinRequest {
  room: string;
  name: string;
  token?: string;
}

export type SignalingEvent =
  /**
   * A checked message of the server; a `pong` only if it has ICE servers. A repeated `joined` means that the connection
   * was lost and is back: with the same `self` and incarnation if it was resumed, otherwise with new ones.
   */
  { type: "message"; message: ServerMessage } | { type: "status"; status: SignalingStatus };

export type SignalingStatus =
  | { kind: "idle" }
  | { kind: "connecting" }
  | { kind: "online" }
  /** Connection lost. The next attempt is due at `retryAt` (milliseconds since the epoch); null: it is running. */
  | { kind: "reconnecting"; attempt: number; retryAt: number | null; detail: string }
  /**
   * Stopped: the server refused, and a retry would not change that. With `retryAfter` it may: a seat of the full room is
   * kept for somebody whose connection was lost, and is free in so many milliseconds unless they come back.
   */
  | { kind: "refused"; code: ErrorCode | Other; detail: string; retryAfter?: number };

export interface SettingsStore {
  /** Current values; defaults until `ready` resolves. */
  get(): Settings;
  set(patch: Partial<Settings>): void;
  subscribe(listener: (settings: Settings) => void): () => void;
  /** Desktop only: a native dialog for `downloadFolder`. Resolves also when the person cancels. */
  chooseDownloadFolder?(): Promise<void>;
  readonly ready: Promise<void>;
}

export interface Settings {
  name: string;
  language: "system" | "ko" | "en";
  theme: "system" | "dark" | "light";
  sounds: boolean;
  /** Single keys are shortcuts in a call (WCAG 2.1.4). */
  shortcuts: boolean;
  /** For messages and people who join, while the person does not look at the window. */
  notifications: boolean;
  /** Notifications say who wrote, and not what. */
  hideMessageText: boolean;
  /** Whether the devices were on last time. */
  microphoneOn: boolean;
  cameraOn: boolean;
  /** Selected devices; null is the system's default. */
  microphoneId: string | null;
  cameraId: string | null;
  speakerId: string | null;
  /** Processing of the microphone. Without echo cancellation a headset is needed. */
  echoCancellation: boolean;
  noiseSuppression: boolean;
  gainControl: boolean;
  /** One's own camera as in a mirror. The others never see it mirrored. */
  mirrorSelf: boolean;
  /** One's own tile is not on the stage. */
  hideSelf: boolean;
  /** What the encoding of a shared screen is tuned for. */
  screenContent: "text" | "motion";
  /** Desktop only: origin of the server, e.g. `https://maru.example.org`. A browser uses its own origin. */
  serverUrl: string;
  /**
   * Desktop only: the folder that gets received files; null is the system's folder for downloads. `set` can only reset
   * it: see `chooseDownloadFolder`.
   */
  downloadFolder: string | null;
  /** Rooms that were entered on this computer, newest first, bounded (`MAX_RECENT_ROOMS`). */
  recentRooms: readonly RoomPlace[];
}

export const MAX_RECENT_ROOMS = 10;

export const DEFAULT_SETTINGS: Settings = {
  name: "",
  language: "system",
  theme: "system",
  sounds: true,
  shortcuts: true,
  notifications: true,
  hideMessageText: false,
  microphoneOn: false,
  cameraOn: false,
  microphoneId: null,
  cameraId: null,
  speakerId: null,
  echoCancellation: true,
  noiseSuppression: true,
  gainControl: true,
  mirrorSelf: true,
  hideSelf: false,
  screenContent: "text",
  serverUrl: "http://localhost:7880",
  downloadFolder: null,
  recentRooms: [],
};
