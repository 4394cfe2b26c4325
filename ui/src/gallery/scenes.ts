/** Every screen in its interesting states. */
import { ALL_OFF } from "../call/media-state";
import type { CallState, ChatMessage, Notice, Quality, RemoteParticipant, StatsSample } from "../call/types";
import type { DeviceErrorCode, EngineProblem } from "../engine/types";
import type { RoomPlace } from "../host/room-link";
import type { Host, Settings } from "../host/types";
import { LIMITS } from "../protocol/generated";
import type { DockMenu } from "../views/call/dock-props";
import type { InitialPanels } from "../views/call/use-panels";
import type { SheetName } from "../views/sheets/app-sheets";
import type { FakeFilesOptions } from "./fake-files";
import { IDLE, INCAPABLE, localTrack, remoteParticipant, remoteTrack } from "./fakes";
import { EXPANDED, FILES } from "./file-scenes";
import { portrait, screen } from "./portraits";
import { sampleHistory } from "./sample-stats";

export interface Scene {
  state: CallState;
  host?: Host["kind"];
  settings?: Partial<Settings>;
  room?: string;
  sheet?: SheetName;
  /** The room that was left. */
  left?: RoomPlace;
  /** Asks whether to use this server. */
  question?: RoomPlace;
  /** Asks whether to leave the call. */
  leaving?: boolean;
  open?: InitialPanels & { menu?: DockMenu; speaker?: boolean };
  /** By participant ID. */
  samples?: Record<string, StatsSample[]>;
  crash?: boolean;
  /** On a host with file transfers. */
  files?: FakeFilesOptions;
}

const NAMES = ["지훈", "Sofia", "Daniel", "하늘", "Amélie", "서연", "Kwame"];
const DEVICES: CallState["self"]["devices"] = [
  { id: "mic-1", kind: "microphone", label: "MacBook 마이크" },
  { id: "mic-2", kind: "microphone", label: "Shure MV7 USB Podcast Microphone (14ed:1012)" },
  { id: "cam-1", kind: "camera", label: "FaceTime HD Camera" },
  { id: "cam-2", kind: "camera", label: "Logitech BRIO" },
  { id: "out-1", kind: "speaker", label: "MacBook 스피커" },
  { id: "out-2", kind: "speaker", label: "거실 스피커" },
];

/** As long as a name may be. */
const LONG_NAME = "한국전자통신연구원초연결통신연구소네트워크연구본부"
  .repeat(3)
  .slice(0, LIMITS.maxNameChars);

/** `upright`: of the pictures, the first ones that are. */
function people(count: number, upright = 0): RemoteParticipant[] {
  return NAMES.slice(0, count).map((name, index) =>
    remoteParticipant(`p${index}`, name, {
      state: { ...ALL_OFF, microphone: index !== 1, camera: true, hand: index === 1 },
      tracks: { camera: remoteTrack("camera", portrait(index, index < upright)) },
    }),
  );
}

const selfOn: CallState["self"] = {
  ...IDLE.self,
  id: "me",
  devices: DEVICES,
  state: { ...ALL_OFF, microphone: true, camera: true },
  microphone: { status: "on", error: null, track: localTrack("microphone", null, "MacBook 마이크") },
  camera: { status: "on", error: null, track: localTrack("camera", portrait(3), "FaceTime HD Camera") },
};
/** A microphone that picks up nothing. */
const selfSilent: CallState["self"] = {
  ...selfOn,
  microphone: {
    ...selfOn.microphone,
    track: { ...localTrack("microphone", null, "MacBook 마이크"), level: () => 0, measuresLevel: () => true },
  },
};
const interrupted = (device: CallState["self"]["camera"]) => ({ ...device, status: "interrupted" as const });
const selfInterrupted: CallState["self"] = {
  ...selfOn,
  state: { ...ALL_OFF },
  microphone: interrupted(selfOn.microphone),
  camera: interrupted(selfOn.camera),
};
const selfOff: CallState["self"] = { ...IDLE.self, id: "me", devices: DEVICES };

const opening = { status: "opening", error: null, track: null } as const;
const selfOpening: CallState["self"] = { ...selfOff, microphone: opening, camera: opening, screen: opening };
/** A browser with WebRTC, but without devices. */
const listening = (...problems: EngineProblem[]): CallState["engine"] => ({
  kind: "webview",
  capabilities: { ...INCAPABLE, calls: true },
  problems,
});

const joined: CallState = {
  ...IDLE,
  phase: "joined",
  room: "우리집",
  signaling: { kind: "online" },
  joinedAt: Date.now() - 1_458_000,
  activeSpeaker: "key-p0",
  self: selfOn,
};
const withPeople = (count: number): CallState => ({ ...joined, participants: people(count) });

function sharing(state: CallState, ...indexes: number[]): CallState {
  return {
    ...state,
    participants: state.participants.map((one, index) =>
      indexes.includes(index)
        ? {
            ...one,
            state: { ...one.state, screen: true },
            tracks: { ...one.tracks, screen: remoteTrack("screen", screen(`${one.name} — 2026 Q4`)) },
          }
        : one,
    ),
  };
}

const START_AT = Date.now() - 15 * 60_000;
const CHAT: ChatMessage[] = [
  ["key-p0", "지훈", 0, "안녕하세요! 소리 잘 들리나요?"],
  ["self", "민지", 1, "네, 아주 잘 들려요 :)"],
  [
    "key-p1",
    "Sofia",
    3,
    "Here is the plan for the trip: https://example.org/jeju/plan?day=2 — tell me what you think.",
  ],
  ["key-p1", "Sofia", 3, "The second day is still open."],
  ["key-p2", "Daniel", 8, 'const rooms = new Map<string, Room>();\nrooms.set("우리집", room);'],
  ["self", "민지", 9, "둘째 날은 비자림 어때요? (https://example.org/bijarim)"],
].map(([from, name, minute, text], index) => ({
  key: `c${index}`,
  from: from as string,
  name: name as string,
  at: START_AT + (minute as number) * 60_000,
  text: text as string,
  undelivered: index === 5 ? [{ key: "key-p2", name: "Daniel" }] : [],
}));

const notice = (kind: Notice["kind"], detail = ""): Notice => ({ key: JSON.stringify(kind), kind, detail });
const broken = (code: DeviceErrorCode, detail: string) =>
  ({ status: "error", error: { code, detail }, track: null }) as const;

const failing: CallState = {
  ...withPeople(4),
  participants: people(4).map((one, index) => ({
    ...one,
    link: (["connecting", "reconnecting", "failed", "connected"] as const)[index] ?? "connected",
    linkError: index === 2 ? "ICE failed after 15.2 s; local host,srflx; remote host; no pair succeeded" : "",
    tracks: index < 3 && index !== 1 ? {} : one.tracks,
    absent: index === 3,
    quality: index === 3 ? one.quality : { level: "unknown", cause: null },
  })),
};

const networkDown: CallState = {
  ...withPeople(3),
  participants: people(3).map((one) => ({ ...one, link: "reconnecting" })),
  signaling: { kind: "reconnecting", attempt: 3, retryAt: Date.now() + 8_000, detail: "socket closed: 1006" },
};
/** Nobody has a device on, in a network without multicast. */
const hiddenAddresses: CallState = {
  ...joined,
  self: selfOff,
  activeSpeaker: null,
  participants: people(2).map((one) => ({
    ...one,
    link: "connecting",
    problems: ["hidden-addresses"],
    tracks: {},
    state: ALL_OFF,
  })),
};
const aloneInChat: CallState = {
  ...joined,
  chat: [
    {
      key: "c0",
      from: "self",
      name: "민지",
      at: START_AT,
      text: "다들 오고 있어요?",
      undelivered: [],
      alone: true,
    },
  ],
};

const QUALITIES: Quality[] = [
  { level: "good", cause: null },
  { level: "fair", cause: "jitter" },
  { level: "poor", cause: "loss" },
  { level: "unknown", cause: null },
];
const mixed: CallState = {
  ...withPeople(4),
  participants: people(4).map((one, index) => ({ ...one, quality: QUALITIES[index] ?? one.quality })),
};
const mixedSamples = { p0: sampleHistory(0), p1: sampleHistory(0.45), p2: sampleHistory(0.95) };

/** Of whom the last one cannot receive files. */
const withFiles = (count: number): CallState => ({
  ...withPeople(count),
  participants: people(count).map((one, index) => ({ ...one, files: index < count - 1 })),
});
const longName: CallState = {
  ...withPeople(3),
  participants: people(3).map((one, index) => (index === 0 ? { ...one, name: LONG_NAME } : one)),
};
const filesPanel = { panel: "files" } as const;

const HOME: RoomPlace = { server: "https://maru.example.org", room: "우리집" };
const RECENT: RoomPlace[] = [
  HOME,
  { server: "https://maru.example.org", room: "daily" },
  { server: "https://calls.a-rather-long-name.example.com:7880", room: "주간-회의" },
  { server: "https://maru.example.org", room: "가".repeat(LIMITS.maxRoomIdChars) },
  { server: "http://192.168.0.12:7880", room: "tutoring-and-homework" },
];

export const SCENES: Record<string, Scene> = {
  start: { state: { ...IDLE, self: selfOff } },
  "start-on": { state: { ...IDLE, self: selfOn }, room: "우리집" },
  "start-voice": { state: { ...IDLE, self: { ...selfOn, camera: IDLE.self.camera } }, room: " 우리집_FULL " },
  "start-silent": { state: { ...IDLE, self: selfSilent }, room: "우리집" },
  "start-silent-voice": { state: { ...IDLE, self: { ...selfSilent, camera: IDLE.self.camera } } },
  "start-interrupted": { state: { ...IDLE, self: selfInterrupted } },
  "start-denied": {
    state: {
      ...IDLE,
      self: {
        ...selfOff,
        camera: broken("denied", "NotAllowedError: Permission denied by system"),
        microphone: broken("missing", "NotFoundError: Requested device not found"),
      },
    },
    room: "daily standup",
  },
  "start-refused": {
    state: {
      ...IDLE,
      notices: [notice({ type: "refused", code: "room-full" }, "error room-full: 8 of 8 (close 4003)")],
    },
    room: "daily",
  },
  "start-no-media": {
    state: { ...IDLE, engine: { kind: "none", capabilities: INCAPABLE, problems: [] } },
    host: "desktop",
    room: "daily",
  },
  "start-insecure": { state: { ...IDLE, engine: listening("insecure-page") }, room: "daily" },
  "start-no-capture": { state: { ...IDLE, engine: listening() }, room: "daily" },
  "start-no-webrtc": {
    state: { ...IDLE, engine: { kind: "none", capabilities: INCAPABLE, problems: [] } },
    room: "daily",
  },
  "start-recent": {
    state: { ...IDLE, self: { ...selfOff, devices: DEVICES } },
    settings: { recentRooms: RECENT, microphoneOn: true, cameraOn: true },
    room: "우리집",
    left: HOME,
  },
  "start-other-server": {
    state: { ...IDLE, self: selfOff },
    host: "desktop",
    room: "http://192.168.0.12:7880/r/daily",
  },
  "server-question": {
    state: { ...IDLE, self: selfOff },
    host: "desktop",
    room: "http://192.168.0.12:7880/r/daily",
    question: { server: "http://192.168.0.12:7880", room: "daily" },
  },
  leaving: { state: withPeople(3), leaving: true },
  "start-opening": { state: { ...IDLE, self: selfOpening } },
  joining: { state: { ...IDLE, phase: "joining", room: "우리집", signaling: { kind: "connecting" } } },
  unreachable: {
    state: {
      ...IDLE,
      phase: "joining",
      room: "우리집",
      signaling: {
        kind: "reconnecting",
        attempt: 4,
        retryAt: null,
        detail: "connect: ECONNREFUSED 127.0.0.1:7880",
      },
    },
    host: "desktop",
  },
  alone: { state: { ...joined, activeSpeaker: null } },
  two: { state: withPeople(1) },
  call: { state: { ...withPeople(3), unread: 2 } },
  eight: {
    state: {
      ...withPeople(7),
      reactions: [
        { key: "r1", from: "key-p0", reaction: "clap" },
        { key: "r29", from: "key-p1", reaction: "heart" },
        { key: "r777", from: "self", reaction: "party" },
      ],
    },
  },
  upright: { state: { ...joined, participants: people(3, 2) } },
  speaker: { state: withPeople(5), open: { speaker: true } },
  screen: { state: sharing(withPeople(3), 0) },
  screens: { state: sharing(withPeople(3), 0, 1) },
  "own-screen": {
    state: {
      ...withPeople(2),
      self: {
        ...selfOn,
        state: { ...selfOn.state, screen: true, hand: true },
        screen: { status: "on", error: null, track: localTrack("screen", null) },
      },
    },
  },
  avatars: {
    state: {
      ...joined,
      self: selfOff,
      participants: people(4).map((one) => ({
        ...one,
        tracks: {},
        state: { ...ALL_OFF, microphone: one.id === "p0" },
      })),
    },
  },
  opening: { state: { ...withPeople(2), self: selfOpening } },
  "microphone-off": { state: { ...withPeople(2), self: selfOff } },
  interrupted: {
    state: {
      ...withPeople(2),
      self: selfInterrupted,
      notices: [notice({ type: "speaker", problem: "lost" })],
    },
  },
  insecure: {
    state: { ...withPeople(2), self: selfOff, engine: listening("insecure-page") },
  },
  links: { state: failing },
  chat: { state: { ...withPeople(3), chat: CHAT }, open: { panel: "chat" } },
  "chat-files": {
    state: { ...withPeople(3), chat: CHAT.slice(0, 2) },
    files: FILES.chat,
    open: { panel: "chat" },
  },
  "chat-files-several": { state: withPeople(3), files: FILES.chatToSeveral, open: { panel: "chat" } },
  "chat-alone": { state: aloneInChat, open: { panel: "chat" } },
  "chat-again": {
    state: { ...aloneInChat, participants: people(1) },
    open: { panel: "chat" },
  },
  "network-down": { state: networkDown },
  "hidden-addresses": { state: hiddenAddresses },
  "chat-empty": { state: withPeople(1), open: { panel: "chat" } },
  people: { state: sharing(failing, 3), open: { panel: "people" } },
  "files-none": { state: withFiles(4), files: FILES.none, open: filesPanel },
  "files-nobody": { state: joined, files: FILES.none, open: filesPanel },
  "files-running": { state: withPeople(3), files: FILES.running, open: filesPanel },
  "files-paused": { state: withPeople(3), files: FILES.paused, open: filesPanel },
  "files-reselect": { state: withPeople(3), files: FILES.reselect, open: filesPanel },
  "files-over": { state: withPeople(3), files: FILES.over, open: filesPanel },
  "files-present": { state: withPeople(3), files: FILES.present, open: filesPanel },
  "files-entries": {
    state: withPeople(3),
    files: FILES.entries,
    open: { ...filesPanel, expanded: EXPANDED.entries },
  },
  "files-failed": {
    state: withPeople(3),
    files: FILES.failed,
    open: { ...filesPanel, expanded: EXPANDED.failed },
  },
  "files-offers": { state: withPeople(3), files: FILES.offers, open: filesPanel },
  "files-people": { state: withFiles(4), files: FILES.running, open: { panel: "people" } },
  "files-menu": { state: withPeople(2), files: FILES.offers, open: { menu: "more" } },
  offer: { state: withPeople(3), files: FILES.offer },
  "offer-long": { state: longName, files: FILES.long },
  "files-long": { state: longName, files: FILES.long, open: filesPanel },
  "offer-queue": { state: withPeople(3), files: FILES.offers },
  "offer-program": { state: withPeople(3), files: FILES.program },
  "offer-relayed": { state: withPeople(3), files: FILES.relayed },
  "drop-one": { state: withPeople(3), files: FILES.dropOne },
  "drop-everyone": { state: withPeople(3), files: FILES.dropEveryone },
  "drop-refused": { state: withFiles(1), files: FILES.dropOne },
  qualities: { state: mixed, open: { panel: "people" } },
  "connection-good": { state: mixed, samples: mixedSamples, open: { panel: "people", statistics: "key-p0" } },
  "connection-fair": { state: mixed, samples: mixedSamples, open: { statistics: "key-p1" } },
  "connection-poor": { state: mixed, samples: mixedSamples, open: { statistics: "key-p2" } },
  "connection-unknown": { state: mixed, open: { statistics: "key-p3" } },
  "menu-devices": { state: withPeople(2), open: { menu: "microphone" } },
  "menu-more": { state: withPeople(2), open: { menu: "more" } },
  "menu-reactions": { state: withPeople(2), open: { menu: "reactions" } },
  reconnecting: {
    state: {
      ...withPeople(3),
      playbackBlocked: true,
      signaling: {
        kind: "reconnecting",
        attempt: 2,
        retryAt: Date.now() + 4000,
        detail: "socket closed: 1006",
      },
      notices: [
        notice({ type: "device-lost", source: "microphone", fallback: "MacBook 마이크" }),
        notice({ type: "link-failed", participant: "p1", name: "Sofia" }, "ICE failed after 15.2 s"),
      ],
    },
  },
  "no-media": {
    state: {
      ...joined,
      self: selfOff,
      activeSpeaker: null,
      engine: { kind: "none", capabilities: INCAPABLE, problems: [] },
      participants: people(2).map((one) => ({ ...one, link: "failed", tracks: {}, state: ALL_OFF })),
    },
    host: "desktop",
  },
  "no-webrtc": {
    state: {
      ...joined,
      self: selfOff,
      activeSpeaker: null,
      engine: { kind: "none", capabilities: INCAPABLE, problems: [] },
      participants: people(1).map((one) => ({ ...one, link: "failed", tracks: {}, state: ALL_OFF })),
    },
  },
  "settings-insecure": { state: { ...IDLE, engine: listening("insecure-page") }, sheet: "settings" },
  settings: { state: { ...IDLE, self: selfOn }, sheet: "settings", host: "desktop" },
  "settings-folder": {
    state: { ...IDLE, self: selfOn },
    settings: {
      downloadFolder: "/home/minji/문서/2026년 하반기 프로젝트에서 받은 사진과 동영상 (정리하기 전)",
    },
    sheet: "settings",
    host: "desktop",
  },
  shortcuts: { state: withPeople(2), sheet: "shortcuts" },
  crash: { state: IDLE, crash: true },
};
