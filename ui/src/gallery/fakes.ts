/** A call and a host with the contracts of the real ones, for the gallery and for tests of views. */
import { initialState } from "../call/initial-state";
import { ALL_OFF } from "../call/media-state";
import { withHand } from "../call/raised-hands";
import type { CallEvent, CallState, CallStore, RemoteParticipant, StatsSample } from "../call/types";
import type { LocalTrack, RemoteTrack, Source } from "../engine/types";
import type { FilesHost } from "../host/files";
import { linkOfPlace } from "../host/room-link";
import {
  type AppNotification,
  DEFAULT_SETTINGS,
  type Host,
  type Notifications,
  type OpenedRoom,
  type Settings,
} from "../host/types";
import type { Picture } from "./portraits";

export const CAPABLE = { calls: true, microphone: true, camera: true, screen: true, chooseSpeaker: true };
export const INCAPABLE = {
  calls: false,
  microphone: false,
  camera: false,
  screen: false,
  chooseSpeaker: false,
};

const NOTHING = () => undefined;
const NO_SAMPLES: readonly StatsSample[] = [];
const SETTINGS: Settings = { ...DEFAULT_SETTINGS, name: "민지" };

export const IDLE: CallState = initialState(
  { kind: "webview", capabilities: CAPABLE, playback: { blocked: () => false } },
  SETTINGS,
);

function attach(picture: Picture | null) {
  return (element: HTMLVideoElement) => {
    element.srcObject = picture?.() ?? null;
    void element.play?.()?.catch(NOTHING);
    return () => {
      element.srcObject = null;
    };
  };
}

export function localTrack(source: Source, picture: Picture | null, label = ""): LocalTrack {
  return {
    source,
    label,
    deviceId: null,
    setMuted: NOTHING,
    level: () => 0.5,
    attach: attach(picture),
    onEnded: () => NOTHING,
    stop: NOTHING,
  };
}

export function remoteTrack(source: Source, picture: Picture | null): RemoteTrack {
  return { source, attach: attach(picture), level: () => 0, live: () => true, onChange: () => NOTHING };
}

/** With a key that differs from the ID. */
export function remoteParticipant(
  id: string,
  name: string,
  patch: Partial<RemoteParticipant> = {},
): RemoteParticipant {
  return {
    key: `key-${id}`,
    id,
    name,
    link: "connected",
    linkError: "",
    problems: [],
    state: { ...ALL_OFF, microphone: true, camera: true },
    tracks: {},
    absent: false,
    files: true,
    quality: { level: "good", cause: null },
    ...patch,
  };
}

/** Hands that are up in the state of a participant or of oneself, as the call keeps them. */
function withHands(state: CallState): CallState {
  const up = new Map(state.participants.map((one) => [one.key, one.state.hand]));
  up.set("self", state.self.state.hand);
  let hands = state.hands.filter((key) => up.get(key));
  for (const [key, raised] of up) hands = [...withHand(hands, key, raised)];
  return { ...state, hands };
}

export interface FakeCall extends CallStore {
  /** Every action, in order. */
  actions: [string, ...unknown[]][];
  set(patch: Partial<CallState>): void;
  emit(event: CallEvent): void;
  /** Adds a sample of the link to a participant. */
  sample(participant: string, sample: StatsSample): void;
  /** As `setShownHeights` was called last; null: not yet. */
  shownHeights(): Record<string, number> | null;
  /** IDs of the participants whose samples are watched. */
  watched(): string[];
}

/** Applies the actions that need nobody else: devices, hand, chat. */
export function fakeCall(
  initial: CallState,
  histories: Readonly<Record<string, readonly StatsSample[]>> = {},
): FakeCall {
  let state = withHands(initial);
  const listeners = new Set<() => void>();
  const events = new Set<(event: CallEvent) => void>();
  const samples = new Map(Object.entries(histories));
  const watchers = new Map<() => void, string>();
  const actions: FakeCall["actions"] = [];
  let shownHeights: Record<string, number> | null = null;
  const set = (patch: Partial<CallState>) => {
    state = withHands({ ...state, ...patch });
    for (const listener of listeners) listener();
  };
  const device = (source: "microphone" | "camera" | "screen", on: boolean) => {
    const known = initial.self[source].track ?? localTrack(source, null, "");
    set({
      self: { ...state.self, [source]: { status: on ? "on" : "off", error: null, track: on ? known : null } },
    });
  };
  return {
    actions,
    set,
    emit: (event) => {
      for (const listener of events) listener(event);
    },
    sample: (participant, sample) => {
      samples.set(participant, [...(samples.get(participant) ?? []), sample]);
      for (const [watcher, watched] of watchers) if (watched === participant) watcher();
    },
    watched: () => [...watchers.values()],
    samples: (participant) => samples.get(participant) ?? NO_SAMPLES,
    watchSamples: (participant, listener) => {
      watchers.set(listener, participant);
      return () => watchers.delete(listener);
    },
    shownHeights: () => shownHeights,
    setShownHeights: (heights) => {
      shownHeights = Object.fromEntries(heights);
    },
    getState: () => state,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    onEvent: (listener) => {
      events.add(listener);
      return () => events.delete(listener);
    },
    level: (who) =>
      who === "self" && state.self.microphone.track?.measuresLevel
        ? state.self.microphone.track.level()
        : who === "self" || who === state.activeSpeaker
          ? 0.35 + 0.25 * Math.sin(Date.now() / 170)
          : 0,
    join: (room, name) => {
      actions.push(["join", room, name]);
    },
    leave: () => {
      actions.push(["leave"]);
    },
    setMicrophone: (on) => {
      actions.push(["setMicrophone", on]);
      device("microphone", on);
    },
    setCamera: (on) => {
      actions.push(["setCamera", on]);
      device("camera", on);
    },
    setScreen: (on) => {
      actions.push(["setScreen", on]);
      device("screen", on);
    },
    setScreenContent: (content) => set({ self: { ...state.self, screenContent: content } }),
    selectDevice: (kind, id) => {
      actions.push(["selectDevice", kind, id]);
      set({ self: { ...state.self, [`${kind}Id`]: id } });
    },
    setHand: (raised) => {
      actions.push(["setHand", raised]);
      set({ self: { ...state.self, state: { ...state.self.state, hand: raised } } });
    },
    react: (reaction) => {
      actions.push(["react", reaction]);
      const key = `own-${actions.length}`;
      set({ reactions: [...state.reactions, { key, from: "self", reaction }] });
      setTimeout(() => set({ reactions: state.reactions.filter((one) => one.key !== key) }), 3200);
    },
    sendChat: (text) => {
      actions.push(["sendChat", text]);
      const message = {
        key: `own-${actions.length}`,
        from: "self",
        name: state.self.name,
        at: Date.now(),
        text,
      };
      set({ chat: [...state.chat, { ...message, undelivered: [] }] });
      return true;
    },
    sendChatAgain: (message) => {
      actions.push(["sendChatAgain", message]);
    },
    setChatVisible: (visible) => visible && state.unread > 0 && set({ unread: 0 }),
    dismissNotice: (key) => {
      actions.push(["dismissNotice", key]);
      set({ notices: state.notices.filter((notice) => notice.key !== key) });
    },
    unblockPlayback: () => set({ playbackBlocked: false }),
    retryLink: (participant) => {
      actions.push(["retryLink", participant]);
    },
    retryServer: () => {
      actions.push(["retryServer"]);
    },
    stats: async () => null,
  };
}

export interface FakeHost extends Host {
  copied: string[];
  opened: string[];
  /** Servers that were made the server in use, on the desktop; rooms that were navigated to, in a browser. */
  wentTo: string[];
  /** The command line asks to open this, on the desktop. */
  openRoom(opened: OpenedRoom): void;
  /** Back, in a browser; false if nothing asks. */
  goBack(): boolean;
  notifications: FakeNotifications;
  /** Every request for the screen, in order. */
  screenOn: boolean[];
}

export interface FakeNotifications extends Notifications {
  shown: AppNotification[];
  /** How often the person was asked. */
  asked: number;
  answer: ReturnType<Notifications["permission"]>;
}

export function fakeHost(
  kind: Host["kind"] = "browser",
  settings: Partial<Settings> = {},
  room: string | null = null,
  files?: FilesHost,
): FakeHost {
  let current: Settings = { ...SETTINGS, ...settings };
  const listeners = new Set<(settings: Settings) => void>();
  const copied: string[] = [];
  const opened: string[] = [];
  const wentTo: string[] = [];
  const openers = new Set<(opened: OpenedRoom) => void>();
  let server = "https://maru.example.org";
  let asks: (() => void) | null = null;
  const ofKind: Pick<Host, "setServer" | "onOpened" | "visit" | "guardCall"> =
    kind === "desktop"
      ? {
          setServer: async (origin) => {
            wentTo.push(origin);
            server = origin;
            set({ serverUrl: origin });
          },
          onOpened: (listener) => {
            openers.add(listener);
            return () => openers.delete(listener);
          },
        }
      : {
          visit: (place) => {
            wentTo.push(linkOfPlace(place));
          },
          guardCall: (onBack) => {
            asks = onBack;
            return {
              stay: () => {
                asks = onBack;
              },
              release: () => {
                asks = null;
              },
            };
          },
        };
  const screenOn: boolean[] = [];
  const notifications: FakeNotifications = {
    shown: [],
    asked: 0,
    answer: "granted",
    permission: () => (kind === "browser" && notifications.asked === 0 ? "ask" : notifications.answer),
    ask: async () => {
      notifications.asked += 1;
    },
    show: (notification) => void notifications.shown.push(notification),
  };
  const set = (patch: Partial<Settings>) => {
    current = { ...current, ...patch };
    for (const listener of listeners) listener(current);
  };
  const chooseDownloadFolder = async () => set({ downloadFolder: "/home/minji/받은 파일" });
  return {
    kind,
    copied,
    opened,
    wentTo,
    openRoom: (room) => {
      for (const listener of openers) listener(room);
    },
    goBack: () => {
      const ask = asks;
      asks = null;
      ask?.();
      return ask !== null;
    },
    ...ofKind,
    ...(files ? { files } : {}),
    signaling: { join: NOTHING, signal: NOTHING, retry: NOTHING, leave: NOTHING, subscribe: () => NOTHING },
    settings: {
      get: () => current,
      set,
      subscribe: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      ready: Promise.resolve(),
      ...(kind === "desktop" ? { chooseDownloadFolder } : {}),
    },
    roomLink: (id) => linkOfPlace({ server, room: id }),
    openExternal: async (url) => {
      opened.push(url);
    },
    copyText: async (text) => {
      copied.push(text);
    },
    initialRoom: () => room,
    showRoom: NOTHING,
    notifications,
    screenOn,
    keepScreenOn: (on) => void screenOn.push(on),
  };
}
