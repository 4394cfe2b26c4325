/** Transfers that were answered, or wait for an answer of others. */
import type { Transfer } from "../host/files";
import { fakeId, fakeTransfer } from "./fake-files";
import { FOLDER, GB, MANY, ONE, VIDEO } from "./sample-files";

export const active = fakeTransfer({
  ...FOLDER,
  id: fakeId(1),
  transferred: 11.45 * GB,
  filesDone: 748,
  rate: 96_300_000,
  secondsLeft: 74,
});

export const RUNNING: Transfer[] = [
  active,
  fakeTransfer({
    ...VIDEO,
    id: fakeId(2),
    direction: "send",
    participant: "p1",
    partner: "Sofia",
    transferred: 0.31 * GB,
    rate: 3_140_000,
    secondsLeft: 570,
    relayed: true,
  }),
  fakeTransfer({
    ...MANY,
    id: fakeId(3),
    direction: "send",
    participant: "p2",
    partner: "Daniel",
    state: "offered",
  }),
  fakeTransfer({
    ...ONE("회의록 2026-10-11.md", 18_300),
    id: fakeId(4),
    direction: "send",
    participant: null,
    partner: "하늘",
    state: "waiting",
    relayed: null,
  }),
  fakeTransfer({
    ...FOLDER,
    id: fakeId(5),
    direction: "send",
    participant: "p2",
    partner: "Daniel",
    state: "preparing",
    files: 88_410,
    folders: 1_290,
    skipped: 12,
    skippedNames: [
      { name: "원본/지난해", reason: "link" },
      { name: "원본/잠긴 폴더", reason: "unreadable" },
    ],
  }),
];

export const PAUSED: Transfer[] = [
  fakeTransfer({
    ...FOLDER,
    id: fakeId(11),
    state: "paused",
    transferred: 4.2 * GB,
    paused: { here: true, there: false, problem: null, problemHere: false },
  }),
  fakeTransfer({
    ...VIDEO,
    id: fakeId(12),
    direction: "send",
    participant: "p1",
    partner: "Sofia",
    state: "paused",
    transferred: 0.9 * GB,
    paused: { here: false, there: true, problem: null, problemHere: false },
  }),
  fakeTransfer({
    ...ONE("백업.tar", 64 * GB),
    id: fakeId(13),
    participant: "p2",
    partner: "Daniel",
    state: "paused",
    transferred: 31.07 * GB,
    paused: { here: false, there: false, problem: "disk-full", problemHere: true },
  }),
  fakeTransfer({
    ...MANY,
    id: fakeId(14),
    state: "paused",
    transferred: 1_200_000,
    paused: { here: false, there: false, problem: "missing", problemHere: false },
  }),
  fakeTransfer({
    ...VIDEO,
    id: fakeId(15),
    direction: "send",
    participant: "p1",
    partner: "Sofia",
    state: "paused",
    transferred: 1.9 * GB,
    paused: { here: false, there: false, problem: "disk-full", problemHere: false },
  }),
];

/** In a browser, after a reload of the page. */
export const WITHOUT_FILES: Transfer[] = (["files", "folder", "permission"] as const).map((reselect, index) =>
  fakeTransfer({
    ...(reselect === "folder" ? FOLDER : VIDEO),
    id: fakeId(51 + index),
    direction: "send",
    participant: "p1",
    partner: "Sofia",
    state: "paused",
    transferred: 0.9 * GB,
    paused: { here: true, there: false, problem: null, problemHere: false },
    reselect,
  }),
);

const HASH = "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262";
export const VIDEO_DONE = fakeTransfer({
  ...VIDEO,
  id: fakeId(21),
  state: "done",
  transferred: 2.1 * GB,
  filesDone: 1,
  hash: HASH,
  canOpen: true,
});
export const SENT = fakeTransfer({
  ...MANY,
  id: fakeId(23),
  direction: "send",
  participant: "p1",
  partner: "Sofia",
  state: "done",
  filesDone: 3,
  transferred: 3_308_400,
});
export const DECLINED = fakeTransfer({
  ...MANY,
  id: fakeId(24),
  direction: "send",
  participant: "p2",
  partner: "Daniel",
  state: "declined",
  code: "declined",
});
export const OVER: Transfer[] = [
  VIDEO_DONE,
  fakeTransfer({
    ...FOLDER,
    id: fakeId(22),
    state: "done",
    transferred: 18.3 * GB,
    filesDone: 1_201,
    filesFailed: 3,
    canOpen: true,
  }),
  SENT,
  DECLINED,
  fakeTransfer({
    ...VIDEO,
    id: fakeId(25),
    direction: "send",
    participant: "p2",
    partner: "Daniel",
    state: "declined",
    code: "too-large",
  }),
  fakeTransfer({ ...ONE("초안.hwp", 340_000), id: fakeId(26), state: "cancelled", code: "cancelled" }),
  fakeTransfer({
    ...ONE("render.exr", 6.2 * GB),
    id: fakeId(27),
    participant: "p1",
    partner: "Sofia",
    state: "failed",
    code: "corrupt",
    filesFailed: 1,
  }),
  fakeTransfer({
    ...ONE("메모.txt", 120),
    id: fakeId(28),
    direction: "send",
    state: "failed",
    code: "of-a-later-version",
  }),
  fakeTransfer({
    ...MANY,
    id: fakeId(29),
    direction: "send",
    participant: "p2",
    partner: "Daniel",
    state: "failed",
    code: "disk-full",
    codeHere: true,
  }),
];

/** Sent before: files that the receiver has are not sent once more. */
export const PRESENT: Transfer[] = [
  fakeTransfer({ ...active, filesPresent: 512 }),
  fakeTransfer({
    ...FOLDER,
    id: fakeId(42),
    state: "done",
    transferred: 18.4 * GB,
    filesDone: 1_204,
    filesPresent: 1_204,
    canOpen: true,
  }),
  { ...VIDEO_DONE, filesPresent: 1 },
  { ...SENT, filesPresent: 2 },
];

/** Each offered to everybody at once, and answered by more and more of them. */
export const TO_SEVERAL: Transfer[] = [
  { number: 61, what: ONE("초대장.pdf", 240_000), states: ["offered", "offered", "offered"] as const },
  { number: 71, what: FOLDER, states: ["active", "offered", "declined"] as const },
  { number: 81, what: MANY, states: ["done", "active", "failed"] as const },
  { number: 91, what: VIDEO, states: ["done", "done", "done"] as const },
].flatMap(({ number, what, states }) =>
  states.map((state, index) =>
    fakeTransfer({
      ...what,
      id: fakeId(number + index),
      batch: fakeId(number),
      direction: "send",
      participant: `p${index}`,
      partner: "",
      state,
      code: state === "declined" ? "declined" : state === "failed" ? "corrupt" : null,
      canOpen: state === "done",
    }),
  ),
);
