import { expect, test } from "vitest";
import { levelFromDecibels } from "../audio-level";
import { AudioLevels } from "./audio-levels";

test("levels are on a decibel scale", () => {
  expect([-96, -60, -30, 0, 6].map(levelFromDecibels)).toEqual([0, 0, 0.5, 1, 1]);
});

test("levels that are no longer updated are 0", () => {
  let now = 0;
  const levels = new AudioLevels(() => now);
  expect(levels.microphone()).toBe(0);
  levels.update({ type: "levels", microphone: 0, input: -30, remote: [{ stream: 5, level: -15 }] });
  expect([levels.microphone(), levels.input(), levels.remote(5), levels.remote(6)]).toEqual([
    1, 0.5, 0.75, 0,
  ]);
  now = 501;
  expect([levels.microphone(), levels.input(), levels.remote(5)]).toEqual([0, 0, 0]);
});
