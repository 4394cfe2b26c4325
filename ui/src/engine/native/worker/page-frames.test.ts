import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FakeFrame, frame } from "../../../../tests/fake-codecs";
import type { FromVideoWorker } from "../worker-messages";
import { GRAB_INTERVAL_MS, IDLE_GRAB_INTERVAL_MS, PageFrames } from "./page-frames";

beforeEach(() => {
  vi.useFakeTimers();
  FakeFrame.open = 0;
});

afterEach(() => {
  vi.useRealTimers();
});

function start() {
  const posted: FromVideoWorker[] = [];
  const page = new PageFrames((message) => posted.push(message));
  return { page, posted, settle: () => vi.advanceTimersByTimeAsync(0) };
}

test("one frame is requested at a time, and only while reading", async () => {
  const { page, posted, settle } = start();
  const reader = page.source(1).open().getReader();
  await settle();
  expect(posted).toEqual([]);
  const first = reader.read();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(posted).toEqual([{ type: "grab", stream: 1 }]);
  const picture = frame();
  page.onGrabbed(1, picture);
  expect(await first).toEqual({ done: false, value: picture });
  await vi.advanceTimersByTimeAsync(1_000);
  expect(posted).toHaveLength(1);
});

test("requests repeat quickly, and less often when there are no new frames", async () => {
  const { page, posted, settle } = start();
  const reading = page.source(1).open().getReader().read();
  for (let index = 0; index < 30; index += 1) {
    await settle();
    expect(posted).toHaveLength(index + 1);
    page.onGrabbed(1, null);
    await vi.advanceTimersByTimeAsync(index < 20 ? GRAB_INTERVAL_MS : IDLE_GRAB_INTERVAL_MS);
  }
  page.onGrabbed(1, frame());
  expect((await reading).done).toBe(false);
});

test("a cancelled reader gets no frame, and requests stop", async () => {
  const { page, posted, settle } = start();
  const reader = page.source(1).open().getReader();
  const reading = reader.read();
  await settle();
  await reader.cancel();
  expect((await reading).done).toBe(true);
  page.onGrabbed(1, frame());
  await vi.advanceTimersByTimeAsync(1_000);
  expect(posted).toHaveLength(1);
  expect(FakeFrame.open).toBe(0);
});

test("a late answer for a cancelled reader does not end the current one", async () => {
  const { page, posted, settle } = start();
  const before = page.source(1).open().getReader();
  void before.read();
  await settle();
  await before.cancel();
  const now = page.source(1).open().getReader().read();
  await settle();
  expect(posted).toHaveLength(2);
  page.onGrabbed(1, null);
  await vi.advanceTimersByTimeAsync(GRAB_INTERVAL_MS);
  page.onGrabbed(1, frame());
  expect((await now).done).toBe(false);
});

test("a write completes when the frame has been drawn", async () => {
  const { page, posted, settle } = start();
  const writer = page.sink(7).getWriter();
  const picture = frame();
  const done = vi.fn();
  void writer.write(picture).then(done);
  await settle();
  expect(posted).toEqual([{ type: "draw", stream: 7, frame: picture }]);
  expect(done).not.toHaveBeenCalled();
  page.onDrawn(7);
  await settle();
  expect(done).toHaveBeenCalled();
});
