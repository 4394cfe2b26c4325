/** A call and a host made by hand: the views cannot tell, which is the point of their contracts. */
import type {
  CallEvent,
  CallState,
  CallStore,
  MediaState,
  RemoteParticipant,
  StatsSample,
} from "../call/types";
import type { LocalTrack, RemoteTrack, Source } from "../engine/types";
import { DEFAULT_SETTINGS, type Host, type Settings } from "../host/types";

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
const OFF = { status: "off", error: null, track: null } as const;
export const QUIET: MediaState = { microphone: false, camera: false, screen: false, hand: false };

export const IDLE: CallState = {
  phase: "idle",
  room: null,
  capacity: 8,
  self: {
    id: null,
    name: "민지",
    state: QUIET,
    microphone: OFF,
    camera: OFF,
    screen: OFF,
    devices: [],
    microphoneId: null,
    cameraId: null,
    speakerId: null,
    screenContent: "text",
  },
  participants: [],
  signaling: { kind: "idle" },
  chat: [],
  unread: 0,
  reactions: [],
  activeSpeaker: null,
  notices: [],
  engine: { kind: "webview", capabilities: CAPABLE, problems: [] },
  playbackBlocked: false,
  joinedAt: null,
};

function show(stream: MediaStream | null) {
  return (element: HTMLVideoElement) => {
    element.srcObject = stream;
    void element.play?.()?.catch(NOTHING);
    return () => {
      element.srcObject = null;
    };
  };
}

export function localTrack(source: Source, stream: MediaStream | null, label = ""): LocalTrack {
  return {
    source,
    label,
    deviceId: null,
    setMuted: NOTHING,
    level: () => 0.5,
    attach: show(stream),
    onEnded: () => NOTHING,
    stop: NOTHING,
  };
}

export function remoteTrack(source: Source, stream: MediaStream | null): RemoteTrack {
  return { source, attach: show(stream), level: () => 0, live: () => true, onChange: () => NOTHING };
}

export function person(id: string, name: string, patch: Partial<RemoteParticipant> = {}): RemoteParticipant {
  return {
    id,
    name,
    link: "connected",
    linkDetail: "",
    problems: [],
    state: { ...QUIET, microphone: true, camera: true },
    tracks: {},
    absent: false,
    quality: { level: "good", cause: null },
    ...patch,
  };
}

export interface FakeCall extends CallStore {
  /** Everything asked of it, in order. */
  asked: [string, ...unknown[]][];
  set(patch: Partial<CallState>): void;
  emit(event: CallEvent): void;
  /** Another sample of somebody's link. */
  sample(participant: string, sample: StatsSample): void;
  /** Whose figures are watched. */
  watched(): string[];
}

/** Plays along with what concerns one window: switches, hand, chat. */
export function fakeCall(
  initial: CallState,
  histories: Readonly<Record<string, readonly StatsSample[]>> = {},
): FakeCall {
  let state = initial;
  const listeners = new Set<() => void>();
  const events = new Set<(event: CallEvent) => void>();
  const samples = new Map(Object.entries(histories));
  const watchers = new Map<() => void, string>();
  const asked: FakeCall["asked"] = [];
  const set = (patch: Partial<CallState>) => {
    state = { ...state, ...patch };
    for (const listener of listeners) listener();
  };
  const device = (source: "microphone" | "camera" | "screen", on: boolean) => {
    const known = initial.self[source].track ?? localTrack(source, null, "");
    set({
      self: { ...state.self, [source]: { status: on ? "on" : "off", error: null, track: on ? known : null } },
    });
  };
  return {
    asked,
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
      who === "self" || who === state.activeSpeaker ? 0.35 + 0.25 * Math.sin(Date.now() / 170) : 0,
    join: (room, name) => {
      asked.push(["join", room, name]);
    },
    leave: () => {
      asked.push(["leave"]);
    },
    setMicrophone: (on) => {
      asked.push(["setMicrophone", on]);
      device("microphone", on);
    },
    setCamera: (on) => {
      asked.push(["setCamera", on]);
      device("camera", on);
    },
    setScreen: (on) => {
      asked.push(["setScreen", on]);
      device("screen", on);
    },
    setScreenContent: (content) => set({ self: { ...state.self, screenContent: content } }),
    selectDevice: (kind, id) => {
      asked.push(["selectDevice", kind, id]);
      set({ self: { ...state.self, [`${kind}Id`]: id } });
    },
    setHand: (up) => {
      asked.push(["setHand", up]);
      set({ self: { ...state.self, state: { ...state.self.state, hand: up } } });
    },
    react: (reaction) => {
      asked.push(["react", reaction]);
      const key = `own-${asked.length}`;
      set({ reactions: [...state.reactions, { key, from: "self", reaction }] });
      setTimeout(() => set({ reactions: state.reactions.filter((one) => one.key !== key) }), 3200);
    },
    sendChat: (text) => {
      asked.push(["sendChat", text]);
      const message = {
        key: `own-${asked.length}`,
        from: "self",
        name: state.self.name,
        at: Date.now(),
        text,
      };
      set({ chat: [...state.chat, { ...message, undelivered: [] }] });
      return true;
    },
    setChatVisible: (visible) => visible && state.unread > 0 && set({ unread: 0 }),
    dismissNotice: (key) => {
      asked.push(["dismissNotice", key]);
      set({ notices: state.notices.filter((notice) => notice.key !== key) });
    },
    unblockPlayback: () => set({ playbackBlocked: false }),
    retryLink: (participant) => {
      asked.push(["retryLink", participant]);
    },
    stats: async () => null,
    destroy: NOTHING,
  };
}

export interface FakeHost extends Host {
  copied: string[];
  opened: string[];
}

export function fakeHost(
  kind: Host["kind"] = "browser",
  settings: Partial<Settings> = {},
  room: string | null = null,
): FakeHost {
  let current: Settings = { ...DEFAULT_SETTINGS, name: "민지", ...settings };
  const listeners = new Set<(settings: Settings) => void>();
  const copied: string[] = [];
  const opened: string[] = [];
  return {
    kind,
    copied,
    opened,
    signaling: { join: NOTHING, signal: NOTHING, leave: NOTHING, subscribe: () => NOTHING },
    settings: {
      get: () => current,
      set: (patch) => {
        current = { ...current, ...patch };
        for (const listener of listeners) listener(current);
      },
      subscribe: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      ready: Promise.resolve(),
    },
    roomLink: (id) => `https://maru.example.org/r/${encodeURIComponent(id)}`,
    openExternal: async (url) => {
      opened.push(url);
    },
    copyText: async (text) => {
      copied.push(text);
    },
    initialRoom: () => room,
    showRoom: NOTHING,
  };
}
