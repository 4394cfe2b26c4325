import { expect, test } from "vitest";
import { perceived } from "../loudness";
import { Sound } from "./sound";

test("levels are heard in decibels", () => {
  expect([-96, -60, -30, 0, 6].map(perceived)).toEqual([0, 0, 0.5, 1, 1]);
});

test("levels of something that ended fall to nothing", () => {
  let now = 0;
  const sound = new Sound(() => now);
  expect(sound.microphone()).toBe(0);
  sound.hearLevels({ type: "levels", microphone: 0, input: -30, remote: [{ stream: 5, level: -15 }] });
  expect([sound.microphone(), sound.input(), sound.remote(5), sound.remote(6)]).toEqual([1, 0.5, 0.75, 0]);
  now = 501;
  expect([sound.microphone(), sound.input(), sound.remote(5)]).toEqual([0, 0, 0]);
});
