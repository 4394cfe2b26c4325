import { describe, expect, it } from "vitest";
import { imageSize } from "./image-size";

const text = (value: string) => [...value].map((character) => character.charCodeAt(0));
const be = (value: number, bytes: number) =>
  Array.from({ length: bytes }, (_, index) => (value >>> (8 * (bytes - 1 - index))) & 0xff);
const le = (value: number, bytes: number) => be(value, bytes).reverse();

const PNG = [0x89, ...text("PNG\r\n\x1a\n"), ...be(13, 4), ...text("IHDR"), ...be(40_000, 4), ...be(300, 4)];
const webp = (kind: string, content: number[]) => [
  ...text("RIFF"),
  ...le(0, 4),
  ...text(`WEBP${kind}`),
  ...content,
];
const VP8 = webp("VP8 ", [...le(0, 4), 0, 0, 0, 0x9d, 1, 0x2a, ...le(0x4000 | 640, 2), ...le(480, 2)]);
const VP8L = webp("VP8L", [...le(0, 4), 0x2f, ...le((640 - 1) | ((480 - 1) << 14), 4)]);
const VP8X = webp("VP8X", [...le(10, 4), 0, 0, 0, 0, ...le(70_000 - 1, 3), ...le(480 - 1, 3)]);
/** A photo: metadata, with a fill byte before it, and a Huffman table before the frame. */
const JPEG = [
  ...[0xff, 0xd8, 0xff, 0xff, 0xe1, ...be(6, 2), 1, 2, 3, 4],
  ...[0xff, 0xc4, ...be(3, 2), 0],
  ...[0xff, 0xc2, ...be(17, 2), 8, ...be(3_024, 2), ...be(4_032, 2)],
];
const gif = (canvas: [number, number], frame: [number, number]) => [
  ...text("GIF89a"),
  ...le(canvas[0], 2),
  ...le(canvas[1], 2),
  ...[0x80, 0, 0, 1, 2, 3, 4, 5, 6],
  ...[0x21, 0xf9, 2, 7, 7, 1, 7, 0],
  ...[0x2c, ...le(0, 4), ...le(frame[0], 2), ...le(frame[1], 2)],
];

describe("imageSize", () => {
  it.each([
    ["PNG", PNG, { type: "image/png", width: 40_000, height: 300 }],
    ["lossy WebP", VP8, { type: "image/webp", width: 640, height: 480 }],
    ["lossless WebP", VP8L, { type: "image/webp", width: 640, height: 480 }],
    ["WebP with more than a picture", VP8X, { type: "image/webp", width: 70_000, height: 480 }],
    ["JPEG", JPEG, { type: "image/jpeg", width: 4_032, height: 3_024 }],
    ["GIF", gif([640, 480], [640, 480]), { type: "image/gif", width: 640, height: 480 }],
    [
      "GIF with a frame larger than its canvas",
      gif([1, 1], [30_000, 20_000]),
      { width: 30_000, height: 20_000 },
    ],
  ])("reads %s, and nothing of what is cut off", (_, bytes, size) => {
    expect(imageSize(Uint8Array.from(bytes))).toMatchObject(size);
    // Not at the beginning of its buffer.
    expect(imageSize(Uint8Array.from([0, ...bytes]).subarray(1))).toMatchObject(size);
    for (let length = 0; length < bytes.length; length += 1)
      expect(imageSize(Uint8Array.from(bytes.slice(0, length)))).toBeNull();
  });

  it.each([
    ["a drawing", text('<svg xmlns="http://www.w3.org/2000/svg"/>')],
    ["a JPEG that has a scan before a frame", [0xff, 0xd8, 0xff, 0xda, 0, 4, 0, 0]],
    ["a JPEG with something else between its parts", [0xff, 0xd8, 0xff, 0xe1, 0, 2, 7, 7]],
    ["WebP of another kind", webp("ABCD", [0, 0, 0, 0])],
  ])("is null of %s", (_, bytes) => {
    expect(imageSize(Uint8Array.from(bytes))).toBeNull();
  });
});
