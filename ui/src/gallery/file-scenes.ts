/** File transfers in every state. */
import type { Transfer, TransferEntry } from "../host/files";
import type { FakeFilesOptions } from "./fake-files";
import { fakeTransfer } from "./fake-files";

const GB = 1_000_000_000;
const id = (number: number) => number.toString(16).padStart(32, "0");

const FOLDER: Partial<Transfer> = {
  names: [
    { name: "제주 사진", folder: true, size: 0 },
    { name: "제주 사진/첫째 날", folder: true, size: 0 },
    ...[1, 2, 3, 4, 5, 6].map((number) => ({
      name: `제주 사진/첫째 날/IMG_20261011_09${number}352.HEIC`,
      folder: false,
      size: 3_200_000 + number * 71_000,
    })),
  ],
  files: 1_204,
  folders: 9,
  bytes: 18.4 * GB,
};
const ONE = (name: string, size: number): Partial<Transfer> => ({
  names: [{ name, folder: false, size }],
  bytes: size,
});
const VIDEO = ONE("발표-최종.mp4", 2.1 * GB);
const MANY: Partial<Transfer> = {
  names: [
    { name: "견적서.pdf", folder: false, size: 812_000 },
    { name: "계약서 (서명 전).docx", folder: false, size: 96_400 },
    {
      name: "A very long file name of a scanned attachment, page 1 of 12, second copy.pdf",
      folder: false,
      size: 2_400_000,
    },
  ],
  files: 3,
  bytes: 3_308_400,
};

const active = fakeTransfer({
  ...FOLDER,
  id: id(1),
  transferred: 11.45 * GB,
  filesDone: 748,
  rate: 96_300_000,
  secondsLeft: 74,
});

const RUNNING: Transfer[] = [
  active,
  fakeTransfer({
    ...VIDEO,
    id: id(2),
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
    id: id(3),
    direction: "send",
    participant: "p2",
    partner: "Daniel",
    state: "offered",
  }),
  fakeTransfer({
    ...ONE("회의록 2026-10-11.md", 18_300),
    id: id(4),
    direction: "send",
    participant: null,
    partner: "하늘",
    state: "waiting",
    relayed: null,
  }),
  fakeTransfer({
    ...FOLDER,
    id: id(5),
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

const PAUSED: Transfer[] = [
  fakeTransfer({
    ...FOLDER,
    id: id(11),
    state: "paused",
    transferred: 4.2 * GB,
    paused: { here: true, there: false, problem: null, problemHere: false },
  }),
  fakeTransfer({
    ...VIDEO,
    id: id(12),
    direction: "send",
    participant: "p1",
    partner: "Sofia",
    state: "paused",
    transferred: 0.9 * GB,
    paused: { here: false, there: true, problem: null, problemHere: false },
  }),
  fakeTransfer({
    ...ONE("백업.tar", 64 * GB),
    id: id(13),
    participant: "p2",
    partner: "Daniel",
    state: "paused",
    transferred: 31.07 * GB,
    paused: { here: false, there: false, problem: "disk-full", problemHere: true },
  }),
  fakeTransfer({
    ...MANY,
    id: id(14),
    state: "paused",
    transferred: 1_200_000,
    paused: { here: false, there: false, problem: "missing", problemHere: false },
  }),
  fakeTransfer({
    ...VIDEO,
    id: id(15),
    direction: "send",
    participant: "p1",
    partner: "Sofia",
    state: "paused",
    transferred: 1.9 * GB,
    paused: { here: false, there: false, problem: "disk-full", problemHere: false },
  }),
];

/** In a browser, after a reload of the page. */
const WITHOUT_FILES: Transfer[] = (["files", "folder", "permission"] as const).map((reselect, index) =>
  fakeTransfer({
    ...(reselect === "folder" ? FOLDER : VIDEO),
    id: id(51 + index),
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
const VIDEO_DONE = fakeTransfer({
  ...VIDEO,
  id: id(21),
  state: "done",
  transferred: 2.1 * GB,
  filesDone: 1,
  hash: HASH,
  canOpen: true,
});
const SENT = fakeTransfer({
  ...MANY,
  id: id(23),
  direction: "send",
  participant: "p1",
  partner: "Sofia",
  state: "done",
  filesDone: 3,
  transferred: 3_308_400,
});
const DECLINED = fakeTransfer({
  ...MANY,
  id: id(24),
  direction: "send",
  participant: "p2",
  partner: "Daniel",
  state: "declined",
  code: "declined",
});
const OVER: Transfer[] = [
  VIDEO_DONE,
  fakeTransfer({
    ...FOLDER,
    id: id(22),
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
    id: id(25),
    direction: "send",
    participant: "p2",
    partner: "Daniel",
    state: "declined",
    code: "too-large",
  }),
  fakeTransfer({ ...ONE("초안.hwp", 340_000), id: id(26), state: "cancelled", code: "cancelled" }),
  fakeTransfer({
    ...ONE("render.exr", 6.2 * GB),
    id: id(27),
    participant: "p1",
    partner: "Sofia",
    state: "failed",
    code: "corrupt",
    filesFailed: 1,
  }),
  fakeTransfer({
    ...ONE("메모.txt", 120),
    id: id(28),
    direction: "send",
    state: "failed",
    code: "of-a-later-version",
  }),
];

/** Sent before: files that the receiver has are not sent once more. */
const PRESENT: Transfer[] = [
  fakeTransfer({ ...active, filesPresent: 512 }),
  fakeTransfer({
    ...FOLDER,
    id: id(42),
    state: "done",
    transferred: 18.4 * GB,
    filesDone: 1_204,
    filesPresent: 1_204,
    canOpen: true,
  }),
  { ...VIDEO_DONE, filesPresent: 1 },
  { ...SENT, filesPresent: 2 },
];

const offer = (number: number, patch: Partial<Transfer>) =>
  fakeTransfer({ state: "offered", id: id(number), ...patch });
const SOFIA = { participant: "p1", partner: "Sofia" };
const PROGRAM = offer(33, {
  names: [
    { name: "Setup.exe", folder: false, size: 48_200_000 },
    { name: "읽어 보세요.txt", folder: false, size: 2_100 },
  ],
  files: 2,
  bytes: 48_202_100,
  participant: "p2",
  partner: "Daniel",
});

/** Korean without spaces to break at, and an extension that must stay visible. */
const LONG = offer(36, {
  names: [
    {
      name: "2026년하반기신제품출시전략발표자료_대표님보고용_최종수정본(진짜최종)_검토완료.pptx",
      folder: false,
      size: 84_200_000,
    },
    { name: "회의 녹음 원본 파일 모음 (외부 공유 금지, 법무팀 검토 뒤 삭제 예정)", folder: true, size: 0 },
    {
      name: "설문조사결과정리및분석보고서_부록포함_제3차수정_담당자의견반영.hwpx",
      folder: false,
      size: 3_100_000,
    },
    { name: "뷁.zip", folder: false, size: 1_900_000_000 },
  ],
  files: 41_202,
  folders: 1_318,
  bytes: 1_234.5 * GB,
  skipped: 1_204,
});
const LONG_PAUSED = fakeTransfer({
  ...LONG,
  id: id(37),
  state: "paused",
  transferred: 987.6 * GB,
  filesDone: 31_000,
  paused: { here: false, there: false, problem: "denied", problemHere: false },
  relayed: true,
});

/** As in the folder of photos, three of them failed. */
export function photo(entry: number): TransferEntry {
  const base = { entry, code: null, transferred: 0 };
  if (entry === 0) return { ...base, path: "제주 사진", folder: true, size: 0, state: "done" };
  const file = {
    ...base,
    path: `제주 사진/첫째 날/IMG_20261011_${String(90_000 + entry * 7)}.HEIC`,
    folder: false,
    size: 3_200_000 + ((entry * 7_919) % 900_000),
  };
  if (entry === 3) return { ...file, state: "failed", code: "changed" };
  if (entry === 411) return { ...file, state: "failed", code: "denied" };
  if (entry === 900) return { ...file, state: "failed", code: "corrupt" };
  if (entry === 2) return { ...file, state: "skipped" };
  if (entry < 6) return { ...file, state: "done" };
  if (entry === 6) return { ...file, state: "active", transferred: 1_400_000 };
  return { ...file, state: "waiting" };
}

/** A small picture, as of a photo. */
async function seascape(): Promise<Blob> {
  const canvas = new OffscreenCanvas(320, 240);
  const context = canvas.getContext("2d");
  if (context) {
    const sky = context.createLinearGradient(0, 0, 0, 240);
    for (const [at, colour] of [
      [0, "#f2b880"],
      [0.55, "#f7dcc0"],
      [0.56, "#2f6f8f"],
      [1, "#12384d"],
    ] as const)
      sky.addColorStop(at, colour);
    context.fillStyle = sky;
    context.fillRect(0, 0, 320, 240);
  }
  return canvas.convertToBlob();
}

const over = (x: number, y: number) => ({ type: "over", x, y }) as const;

export const FILES = {
  none: {},
  running: { transfers: RUNNING },
  paused: { transfers: PAUSED },
  over: { transfers: OVER },
  present: { transfers: PRESENT },
  reselect: { transfers: WITHOUT_FILES },
  entries: { transfers: [active], entry: photo },
  failed: { transfers: OVER.slice(1, 2), entry: photo },
  offer: { transfers: [offer(31, FOLDER)] },
  offers: {
    transfers: [offer(32, { ...MANY, ...SOFIA }), PROGRAM, offer(34, { ...VIDEO, relayed: true }), active],
  },
  long: { transfers: [LONG, LONG_PAUSED] },
  program: { transfers: [PROGRAM] },
  relayed: { transfers: [offer(34, { ...VIDEO, ...SOFIA, relayed: true })] },
  chat: {
    changes: [
      { ...VIDEO_DONE, participant: "p0" },
      SENT,
      DECLINED,
      fakeTransfer({ ...ONE("바다.jpg", 4_812_033), id: id(39), direction: "send", ...SOFIA }),
      offer(38, { ...MANY, ...SOFIA }),
    ],
    thumbnail: async () => seascape(),
  },
  dropOne: { drag: over(240, 210) },
  dropOneNarrow: { drag: over(200, 150) },
  dropEveryone: { drag: over(640, 5) },
} satisfies Record<string, FakeFilesOptions>;

/** Keys of transfers whose list of files is open in a scene. */
export const EXPANDED = { entries: [`receive-${id(1)}`], failed: [`receive-${id(22)}`] };
