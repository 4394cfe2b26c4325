import { expect, it } from "vitest";
import { Rate } from "./rate";

const MB = 1e6;
const STEP = 0.1;

interface Shown {
  at: number;
  left: number | null;
}

/** A transfer to its end. `rateAt`: bytes per second at a time, in seconds; null while it is paused. */
function run(bytes: number, rateAt: (at: number) => number | null): { shown: Shown[]; end: number } {
  const rate = new Rate();
  const shown: Shown[] = [];
  let transferred = 0;
  let step = 0;
  rate.update(0, 0);
  while (transferred < bytes) {
    step += 1;
    const at = step * STEP;
    const bytesPerSecond = rateAt(at - STEP / 2);
    if (bytesPerSecond === null) {
      rate.reset();
      continue;
    }
    transferred = Math.min(bytes, transferred + bytesPerSecond * STEP);
    rate.update(transferred, at * 1_000);
    shown.push({ at, left: rate.secondsFor(bytes - transferred) });
  }
  return { shown, end: step * STEP };
}

/** The time left is what it turns out to be, within a fifth or 2 s. */
function check({ shown, end }: ReturnType<typeof run>, from: number): void {
  const checked = shown.filter(({ at }) => at >= from);
  expect(checked.length).toBeGreaterThan(50);
  for (const { at, left } of checked) {
    const truth = end - at;
    if (left === null || Math.abs(left - truth) > Math.max(truth / 5, 2))
      expect.fail(`${left} at ${at}, ${truth} in truth`);
  }
}

const factors = [1.5, 0.5, 1.3, 0.6, 1.1];

it.each<[string, number, (at: number) => number | null, number]>([
  ["a constant rate", 60 * MB, () => MB, 5],
  ["slow start", 600 * MB, (at) => Math.min(12.5 * MB, (4_380 / 0.2) * 2 ** (at / 0.2)), 5],
  ["buffers that are filled at once", 12 * MB, (at) => (at < STEP ? 10 * MB : 0.2 * MB), 5],
  ["jitter", 60 * MB, (at) => MB * (factors[Math.floor(at) % factors.length] ?? 1), 5],
  ["a rate that halves", 600 * MB, (at) => (at < 30 ? 10 * MB : 5 * MB), 35.2],
  ["a rate that becomes a tenth", 36 * MB, (at) => (at < 30 ? MB : 0.1 * MB), 35.2],
  ["a rate that falls a little", 90 * MB, (at) => (at < 30 ? MB : 0.8 * MB), 35.2],
  ["a pause", 60 * MB, (at) => (at >= 20 && at < 40 ? null : MB), 45],
  ["a path that is away", 1_000 * MB, (at) => (at >= 30 && at < 50 ? 0 : 10 * MB), 55.2],
])("the time left is within a fifth: %s", (_, bytes, rateAt, from) => {
  check(run(bytes, rateAt), from);
});

it("says nothing while a path is away", () => {
  const { shown } = run(1_000 * MB, (at) => (at >= 30 && at < 50 ? 0 : 10 * MB));
  const away = shown.filter(({ at }) => at >= 35.6 && at < 50);
  expect(away.length).toBeGreaterThan(100);
  expect(away.every(({ left }) => left === null)).toBe(true);
});

it("nothing is shown at first or when nothing moves", () => {
  const early = new Rate();
  early.update(0, 0);
  early.update(1_000_000, 500);
  expect(early.bytesPerSecond).toBeNull();
  const still = new Rate();
  for (let step = 0; step < 30; step += 1) still.update(0, step * 100);
  expect(still.bytesPerSecond).toBe(0);
  expect(still.secondsFor(10)).toBeNull();
});

it("a sum that falls is no rate", () => {
  const rate = new Rate();
  for (const [step, bytes] of [0, 900, 0, 0, 0, 0, 0, 0, 0, 0, 0].entries()) rate.update(bytes, step * 1_000);
  expect(rate.bytesPerSecond).toBe(0);
});
