/**
 * The format and size of a picture, from its header: how much memory decoding it takes has to be known before. The other
 * formats that browsers decode have no thumbnails.
 */
export interface ImageSize {
  type: "image/png" | "image/jpeg" | "image/webp" | "image/gif";
  width: number;
  height: number;
}

/** Null if it is none of these, or damaged. */
export function imageSize(bytes: Uint8Array): ImageSize | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    if (ascii(bytes, 1, 3) === "PNG" && ascii(bytes, 12, 4) === "IHDR")
      return { type: "image/png", width: view.getUint32(16), height: view.getUint32(20) };
    if (/^GIF8[79]a$/.test(ascii(bytes, 0, 6))) return gifSize(view);
    if (ascii(bytes, 0, 4) === "RIFF" && ascii(bytes, 8, 4) === "WEBP") return webpSize(bytes, view);
    return view.getUint16(0) === 0xffd8 ? jpegSize(view) : null;
  } catch {
    return null; // Shorter than its header.
  }
}

/** The canvas, or the first frame if that is larger. */
function gifSize(view: DataView): ImageSize {
  const size: ImageSize = {
    type: "image/gif",
    width: view.getUint16(6, true),
    height: view.getUint16(8, true),
  };
  const flags = view.getUint8(10);
  let at = 13 + (flags & 0x80 ? 3 << ((flags & 7) + 1) : 0);
  // Extensions come before the first frame.
  while (view.getUint8(at) === 0x21) {
    at += 2;
    while (view.getUint8(at) !== 0) at += 1 + view.getUint8(at);
    at += 1;
  }
  return {
    ...size,
    width: Math.max(size.width, view.getUint16(at + 1, true) + view.getUint16(at + 5, true)),
    height: Math.max(size.height, view.getUint16(at + 3, true) + view.getUint16(at + 7, true)),
  };
}

function webpSize(bytes: Uint8Array, view: DataView): ImageSize | null {
  const type = "image/webp";
  const uint24 = (at: number) => view.getUint16(at, true) + view.getUint8(at + 2) * 65_536;
  switch (ascii(bytes, 12, 4)) {
    case "VP8 ":
      return { type, width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
    case "VP8L": {
      const bits = view.getUint32(21, true);
      return { type, width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
    }
    case "VP8X":
      return { type, width: uint24(24) + 1, height: uint24(27) + 1 };
    default:
      return null;
  }
}

/** The first frame header: SOF0 to SOF15, but for the three markers in between that are none. */
function jpegSize(view: DataView): ImageSize | null {
  let at = 2;
  for (;;) {
    if (view.getUint8(at) !== 0xff) return null;
    const marker = view.getUint8(at + 1);
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return { type: "image/jpeg", width: view.getUint16(at + 7), height: view.getUint16(at + 5) };
    // Scans, or the end, before a frame.
    if (marker === 0xda || marker === 0xd9 || marker === 0xd8) return null;
    at += 2 + view.getUint16(at + 2);
  }
}

function ascii(bytes: Uint8Array, from: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(from, from + length));
}
