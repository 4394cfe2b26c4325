import { expect, test } from "vitest";
import { EarlyFrames } from "./early-frames";

const payload = new Uint8Array(1_000);
const header = (stream: number, keyframe: boolean) => ({
  stream,
  keyframe,
  playoutDelay: 0,
  timestamp: 0,
  width: 0,
  height: 0,
});

test("an unknown stream has no frames", () => {
  expect(new EarlyFrames().take(1, 0)).toEqual([]);
});

test("frames are kept from the newest keyframe on, and returned once", () => {
  const early = new EarlyFrames();
  early.add(header(1, true), payload, 0);
  early.add(header(1, false), payload, 30);
  early.add(header(1, true), payload, 60);
  early.add(header(1, false), payload, 90);
  expect(early.take(1, 100)?.map(({ header }) => header.keyframe)).toEqual([true, false]);
  expect(early.take(1, 100)).toEqual([]);
});

test("without a keyframe, above the limits, or too old, frames cannot be used", () => {
  const early = new EarlyFrames();
  early.add(header(1, false), payload, 0);
  expect(early.take(1, 0)).toBeNull();
  early.add(header(2, true), payload, 0);
  for (let index = 0; index < 30; index += 1) early.add(header(2, false), payload, 0);
  expect(early.take(2, 0)).toBeNull();
  early.add(header(3, true), new Uint8Array(2 ** 20), 0);
  early.add(header(3, false), payload, 0);
  early.add(header(3, false), new Uint8Array(1), 0);
  expect(early.take(3, 0)).toBeNull();
  early.add(header(4, true), payload, 0);
  expect(early.take(4, 1_001)).toBeNull();
});

test("the number of streams is limited", () => {
  const early = new EarlyFrames();
  for (let stream = 0; stream < 100; stream += 1) early.add(header(stream, true), payload, 0);
  expect(early.take(0, 0)).toEqual([]);
  expect(early.take(99, 0)).toHaveLength(1);
});
