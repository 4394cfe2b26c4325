import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FakeFrame, frame } from "../../../../tests/fake-codecs";
import { FrameWriter } from "./frame-writer";

let written: number;

beforeEach(() => {
  vi.useFakeTimers();
  FakeFrame.open = 0;
  written = 0;
});

afterEach(() => {
  vi.useRealTimers();
});

function start(): FrameWriter {
  return new FrameWriter(
    new WritableStream<VideoFrame>({
      write: (picture) => {
        written += 1;
        picture.close();
      },
    }),
  );
}

test("the first frame is repeated for a second", async () => {
  const writer = start();
  writer.show(frame());
  await vi.advanceTimersByTimeAsync(100);
  expect(written).toBe(3);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(written).toBe(26);
  expect(FakeFrame.open).toBe(0);
});

test("moving video is not repeated", async () => {
  const writer = start();
  for (let index = 0; index < 30; index += 1) {
    writer.show(frame());
    await vi.advanceTimersByTimeAsync(33);
  }
  expect(written).toBe(30);
  writer.close();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(written).toBe(30);
  expect(FakeFrame.open).toBe(0);
});
