import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ElementFrames } from "./element-frames";

/** Of the first pixel of the bitmap. */
let alpha = 255;
let counted = 0;
let closed = 0;

beforeEach(() => {
  alpha = 255;
  counted = 0;
  closed = 0;
  const pixel = {
    clearRect: () => {},
    drawImage: () => {},
    getImageData: () => ({ data: [0, 0, 0, alpha] }),
  };
  vi.stubGlobal("document", {
    addEventListener: () => {},
    removeEventListener: () => {},
    createElement: (name: string) =>
      name === "canvas"
        ? { getContext: () => pixel }
        : { play: async () => {}, getVideoPlaybackQuality: () => ({ totalVideoFrames: counted }) },
  });
  vi.stubGlobal("MediaStream", class {});
  vi.stubGlobal("createImageBitmap", async () => ({ close: () => (closed += 1) }));
  vi.stubGlobal("VideoFrame", class {});
});

afterEach(() => {
  vi.unstubAllGlobals();
});

test("each frame is returned once", async () => {
  const frames = new ElementFrames({ stop: () => {} } as MediaStreamTrack);
  expect(await frames.grab()).toBeNull();
  counted = 1;
  expect(await frames.grab()).not.toBeNull();
  expect(await frames.grab()).toBeNull();
  expect(closed).toBe(1);
});

test("a frame that is counted but not painted yet is grabbed again instead of sent as black", async () => {
  const frames = new ElementFrames({ stop: () => {} } as MediaStreamTrack);
  counted = 1;
  alpha = 0;
  expect(await frames.grab()).toBeNull();
  alpha = 255;
  expect(await frames.grab()).not.toBeNull();
  expect(closed).toBe(2);
});
