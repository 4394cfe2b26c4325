import { expect, test } from "vitest";
import { Strain } from "./strain";

/** A machine whose encoder takes `milliseconds(rungs)` for a frame, at 30 a second. */
function run(strain: Strain, from: number, seconds: number, milliseconds: (rungs: number) => number): number {
  let now = from;
  for (; now < from + seconds * 1_000; now += 1_000 / 30) strain.frame(now, milliseconds(strain.rungs), 30);
  return now;
}

test("a processor that keeps up is left alone", () => {
  const strain = new Strain(0);
  run(strain, 0, 60, () => 20);
  expect(strain.rungs).toBe(0);
});

test("a slow one gets less to do until it keeps up, and a fast one is never asked for less than half the size", () => {
  const strain = new Strain(0);
  const now = run(strain, 0, 12, (rungs) => 50 - 10 * rungs);
  expect(strain.rungs).toBe(3);
  run(strain, now, 60, () => 100);
  expect(strain.rungs).toBe(5);
});

test("calm brings it back, and what fails again is tried ever more rarely", () => {
  const strain = new Strain(0);
  let now = run(strain, 0, 5, () => 100);
  expect(strain.rungs).toBeGreaterThan(0);
  now = run(strain, now, 60, () => 5);
  expect(strain.rungs).toBe(0);

  // Too slow for the best rung, bored on the next: each try costs two seconds.
  let tries = 0;
  let before = strain.rungs;
  for (let second = 0; second < 600; second += 1) {
    now = run(strain, now, 1, (rungs) => (rungs === 0 ? 40 : 5));
    if (strain.rungs < before) tries += 1;
    before = strain.rungs;
  }
  expect(tries).toBeLessThan(8);
});

test("a spike is not a slow processor", () => {
  const strain = new Strain(0);
  let index = 0;
  run(strain, 0, 60, () => {
    index += 1;
    return index % 60 === 0 ? 300 : 10;
  });
  expect(strain.rungs).toBe(0);
});
