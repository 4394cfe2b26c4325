import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FakeFrame, frame } from "../../../tests/fake-codecs";
import type { FrameAccess } from "./codecs";
import { Generator } from "./generator";

let written: number;

beforeEach(() => {
  vi.useFakeTimers();
  FakeFrame.open = 0;
  written = 0;
});

afterEach(() => {
  vi.useRealTimers();
});

function start(): Generator {
  return new Generator({
    VideoTrackGenerator: class {
      readonly track = {} as MediaStreamTrack;
      readonly writable = new WritableStream<VideoFrame>({
        write: (picture) => {
          written += 1;
          picture.close();
        },
      });
    },
  } as unknown as FrameAccess);
}

test("a first picture that nobody could see yet is written again, for a second", async () => {
  const generator = start();
  generator.show(frame());
  await vi.advanceTimersByTimeAsync(100);
  expect(written).toBe(3);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(written).toBe(26);
  expect(FakeFrame.open).toBe(0);
});

test("a picture that moves is not repeated", async () => {
  const generator = start();
  for (let index = 0; index < 30; index += 1) {
    generator.show(frame());
    await vi.advanceTimersByTimeAsync(33);
  }
  expect(written).toBe(30);
  generator.close();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(written).toBe(30);
  expect(FakeFrame.open).toBe(0);
});
