/** Small pictures of transferred pictures, decoded by the browser within limits (decision 0057). */
import { imageSize } from "./image-size";

/** Of a file that is decoded. */
const MAX_FILE_BYTES = 20 << 20;
/** Of a picture that is decoded: four bytes each. */
const MAX_PIXELS = 40_000_000;
/** The longer side of a thumbnail, in pixels. */
const MAX_SIDE = 320;

/** One at a time, so that many do not take many times the memory. */
let queue: Promise<unknown> = Promise.resolve();

/** PNG; null if it is no picture that is decoded, or too large. */
export function thumbnailOf(file: Blob): Promise<Blob | null> {
  const made = queue.then(() => make(file));
  queue = made.catch(() => null);
  return made;
}

async function make(file: Blob): Promise<Blob | null> {
  if (file.size > MAX_FILE_BYTES) return null;
  const bytes = await file.arrayBuffer();
  const size = imageSize(new Uint8Array(bytes));
  if (!size || size.width === 0 || size.width * size.height > MAX_PIXELS) return null;
  // Of that type and no other, whatever its name is: the decoder is the one that the limits are for.
  const bitmap = await createImageBitmap(new Blob([bytes], { type: size.type }));
  try {
    const scale = Math.min(1, MAX_SIDE / Math.max(bitmap.width, bitmap.height));
    const side = (length: number) => Math.max(1, Math.round(length * scale));
    const canvas = new OffscreenCanvas(side(bitmap.width), side(bitmap.height));
    const context = canvas.getContext("2d");
    if (!context) return null;
    context.imageSmoothingQuality = "high";
    context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    return await canvas.convertToBlob({ type: "image/png" });
  } finally {
    bitmap.close();
  }
}
