import { expect, test } from "vitest";
import { CpuOveruseDetector } from "./cpu-overuse-detector";

/** Encodes at 30 frames per second; `milliseconds` gives the encode time at a rung. */
function run(
  detector: CpuOveruseDetector,
  from: number,
  seconds: number,
  milliseconds: (rungs: number) => number,
): number {
  let now = from;
  for (; now < from + seconds * 1_000; now += 1_000 / 30)
    detector.onFrame(now, milliseconds(detector.rungs), 30);
  return now;
}

test("nothing is reduced without overuse", () => {
  const detector = new CpuOveruseDetector(0);
  run(detector, 0, 60, () => 20);
  expect(detector.rungs).toBe(0);
});

test("overuse lowers the rung until it ends, down to a limit", () => {
  const detector = new CpuOveruseDetector(0);
  const now = run(detector, 0, 12, (rungs) => 50 - 10 * rungs);
  expect(detector.rungs).toBe(3);
  run(detector, now, 60, () => 100);
  expect(detector.rungs).toBe(5);
});

test("low usage restores the rung, and failed tries are repeated at growing intervals", () => {
  const detector = new CpuOveruseDetector(0);
  let now = run(detector, 0, 5, () => 100);
  expect(detector.rungs).toBeGreaterThan(0);
  now = run(detector, now, 60, () => 5);
  expect(detector.rungs).toBe(0);

  // Overuse on the best rung, low usage on the next: each try costs two seconds.
  let tries = 0;
  let before = detector.rungs;
  for (let second = 0; second < 600; second += 1) {
    now = run(detector, now, 1, (rungs) => (rungs === 0 ? 40 : 5));
    if (detector.rungs < before) tries += 1;
    before = detector.rungs;
  }
  expect(tries).toBeLessThan(8);
});

test("single slow frames are no overuse", () => {
  const detector = new CpuOveruseDetector(0);
  let index = 0;
  run(detector, 0, 60, () => {
    index += 1;
    return index % 60 === 0 ? 300 : 10;
  });
  expect(detector.rungs).toBe(0);
});
