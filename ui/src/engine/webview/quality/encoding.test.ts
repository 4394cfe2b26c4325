import { describe, expect, it } from "vitest";
import { cameraEncoding, orderCodecs, screenBitrate } from "./encoding";

const codecs = ["AV1", "H264", "VP9", "rtx", "VP8", "red", "H264"].map((name, id) => ({
  mimeType: `video/${name}`,
  id,
}));
const order = (source: "camera" | "screen") =>
  orderCodecs(codecs, source).map(({ mimeType }) => mimeType.slice(6));

describe("codec order", () => {
  it("prefers cheap encoding for cameras, and efficient text coding for screens", () => {
    expect(order("camera")).toEqual(["VP8", "VP9", "H264", "H264", "AV1", "rtx", "red"]);
    expect(order("screen")).toEqual(["VP9", "VP8", "H264", "H264", "AV1", "rtx", "red"]);
  });

  it("keeps all codecs: the remote side may support no other", () => {
    expect(
      orderCodecs(codecs, "camera")
        .map(({ id }) => id)
        .sort(),
    ).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });
});

it("reduces the bitrate per link as links are added, within 3 Mbit/s for a room of eight", () => {
  let last = cameraEncoding(1);
  for (let links = 2; links <= 7; links++) {
    const next = cameraEncoding(links);
    expect(next.maxBitrate).toBeLessThanOrEqual(last.maxBitrate);
    expect(next.scaleResolutionDownBy).toBeGreaterThanOrEqual(last.scaleResolutionDownBy);
    expect(next.maxBitrate * links).toBeLessThanOrEqual(3_000_000);
    last = next;
  }
  expect(screenBitrate(7)).toBeGreaterThanOrEqual(700_000);
  expect(screenBitrate(0)).toBe(screenBitrate(1));
});
