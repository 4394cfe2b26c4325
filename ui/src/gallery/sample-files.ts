/** Files and folders to transfer. */
import type { Transfer, TransferEntry } from "../host/files";

export const GB = 1_000_000_000;

export const FOLDER: Partial<Transfer> = {
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
export const ONE = (name: string, size: number): Partial<Transfer> => ({
  names: [{ name, folder: false, size }],
  bytes: size,
});
export const VIDEO = ONE("발표-최종.mp4", 2.1 * GB);
export const MANY: Partial<Transfer> = {
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
export async function seascape(): Promise<Blob> {
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
