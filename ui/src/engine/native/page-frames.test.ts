import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FakeFrame, frame } from "../../../tests/fake-codecs";
import { ASK_EVERY_MS, ASK_STILL_EVERY_MS, PageFrames } from "./page-frames";
import type { FromVideoWorker } from "./worker-messages";

beforeEach(() => {
  vi.useFakeTimers();
  FakeFrame.open = 0;
});

afterEach(() => {
  vi.useRealTimers();
});

function start() {
  const told: FromVideoWorker[] = [];
  const page = new PageFrames((message) => told.push(message));
  return { page, told, settle: () => vi.advanceTimersByTimeAsync(0) };
}

test("one picture is asked for at a time, and only by who reads", async () => {
  const { page, told, settle } = start();
  const reader = page.source(1).open().getReader();
  await settle();
  expect(told).toEqual([]);
  const first = reader.read();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(told).toEqual([{ type: "grab", stream: 1 }]);
  const picture = frame();
  page.grabbed(1, picture);
  expect(await first).toEqual({ done: false, value: picture });
  await vi.advanceTimersByTimeAsync(1_000);
  expect(told).toHaveLength(1);
});

test("the page is asked again soon, and less often when nothing moves", async () => {
  const { page, told, settle } = start();
  const reading = page.source(1).open().getReader().read();
  for (let index = 0; index < 30; index += 1) {
    await settle();
    expect(told).toHaveLength(index + 1);
    page.grabbed(1, null);
    await vi.advanceTimersByTimeAsync(index < 20 ? ASK_EVERY_MS : ASK_STILL_EVERY_MS);
  }
  page.grabbed(1, frame());
  expect((await reading).done).toBe(false);
});

test("who stops reading is not given what was under way, and nobody is asked any more", async () => {
  const { page, told, settle } = start();
  const reader = page.source(1).open().getReader();
  const reading = reader.read();
  await settle();
  await reader.cancel();
  expect((await reading).done).toBe(true);
  page.grabbed(1, frame());
  await vi.advanceTimersByTimeAsync(1_000);
  expect(told).toHaveLength(1);
  expect(FakeFrame.open).toBe(0);
});

test("an answer to the reader before does not end the one of now", async () => {
  const { page, told, settle } = start();
  const before = page.source(1).open().getReader();
  void before.read();
  await settle();
  await before.cancel();
  const now = page.source(1).open().getReader().read();
  await settle();
  expect(told).toHaveLength(2);
  page.grabbed(1, null);
  await vi.advanceTimersByTimeAsync(ASK_EVERY_MS);
  page.grabbed(1, frame());
  expect((await now).done).toBe(false);
});

test("a picture is written when it has been drawn", async () => {
  const { page, told, settle } = start();
  const writer = page.pictures(7).getWriter();
  const picture = frame();
  const done = vi.fn();
  void writer.write(picture).then(done);
  await settle();
  expect(told).toEqual([{ type: "draw", stream: 7, frame: picture }]);
  expect(done).not.toHaveBeenCalled();
  page.drawn(7);
  await settle();
  expect(done).toHaveBeenCalled();
});
