/** What others offer. */
import type { Transfer } from "../host/files";
import { fakeId, fakeTransfer } from "./fake-files";
import { GB } from "./sample-files";

export const offer = (number: number, patch: Partial<Transfer>) =>
  fakeTransfer({ state: "offered", id: fakeId(number), ...patch });
export const SOFIA = { participant: "p1", partner: "Sofia" };
export const PROGRAM = offer(33, {
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
export const LONG = offer(36, {
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
export const LONG_PAUSED = fakeTransfer({
  ...LONG,
  id: fakeId(37),
  state: "paused",
  transferred: 987.6 * GB,
  filesDone: 31_000,
  paused: { here: false, there: false, problem: "denied", problemHere: false },
  relayed: true,
});
