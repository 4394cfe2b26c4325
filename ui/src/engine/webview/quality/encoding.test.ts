import { describe, expect, it } from "vitest";
import { cameraEncoding, orderCodecs, screenEncoding } from "./encoding";

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

const mesh = (links: number) => cameraEncoding({ links, shownHeight: null, large: 0 }, 720);

it("reduces the bitrate per link as links are added, within 3 Mbit/s for a room of eight", () => {
  let last = mesh(1);
  for (let links = 2; links <= 7; links++) {
    const next = mesh(links);
    expect(next.maxBitrate).toBeLessThanOrEqual(last.maxBitrate);
    expect(next.scaleResolutionDownBy).toBeGreaterThanOrEqual(last.scaleResolutionDownBy);
    expect(next.maxBitrate * links).toBeLessThanOrEqual(3_000_000);
    last = next;
  }
  expect(screenEncoding(7, "text", null).maxBitrate).toBeGreaterThanOrEqual(700_000);
  expect(screenEncoding(0, "text", null)).toEqual(screenEncoding(1, "text", null));
});

describe("a camera", () => {
  it("is large for the one who pins it in a room of eight, and as before for the others", () => {
    const pinned = cameraEncoding({ links: 7, shownHeight: 900, large: 1 }, 720);
    expect(pinned).toMatchObject({ scaleResolutionDownBy: 1, maxFramerate: 30 });
    expect(pinned.maxBitrate).toBeGreaterThan(1_000_000);
    expect(cameraEncoding({ links: 7, shownHeight: 400, large: 1 }, 720)).toEqual(mesh(7));
  });

  it("costs no more than a call of all, whoever pins it", () => {
    for (let links = 1; links <= 7; links += 1) {
      for (let large = 0; large <= links; large += 1) {
        const bitrate = (shownHeight: number | null) =>
          cameraEncoding({ links, shownHeight, large }, 720).maxBitrate;
        expect(large * bitrate(900) + (links - large) * bitrate(null)).toBeLessThanOrEqual(4_000_000);
      }
    }
    expect(cameraEncoding({ links: 7, shownHeight: 900, large: 7 }, 720)).toEqual(mesh(7));
  });

  it("is small for somebody who shows it small, at the same frame rate", () => {
    for (const [shownHeight, height] of [
      [0, 180],
      [104, 180],
      [360, 360],
    ] as const) {
      const { maxBitrate, maxFramerate, scaleResolutionDownBy } = cameraEncoding(
        { links: 2, shownHeight, large: 1 },
        720,
      );
      expect(720 / scaleResolutionDownBy).toBe(height);
      expect(maxBitrate).toBeLessThan(mesh(2).maxBitrate);
      expect(maxFramerate).toBe(mesh(2).maxFramerate);
    }
  });

  it("is never scaled up", () => {
    expect(cameraEncoding({ links: 7, shownHeight: 100, large: 0 }, 120).scaleResolutionDownBy).toBe(2);
    expect(cameraEncoding({ links: 1, shownHeight: 100, large: 0 }, 120).scaleResolutionDownBy).toBe(1);
  });
});
