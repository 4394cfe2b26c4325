import { expect, it } from "vitest";
import { Rate } from "./rate";

function run(rate: Rate, from: number, seconds: number, bytesPerSecond: number, bytes: number): number {
  let transferred = bytes;
  for (let step = 1; step <= seconds * 10; step += 1) {
    transferred = bytes + (bytesPerSecond * step) / 10;
    rate.update(transferred, from + step * 100);
  }
  return transferred;
}

it("the time left is within a fifth after five seconds", () => {
  for (const bytesPerSecond of [1e3, 1e6, 4e8]) {
    const rate = new Rate();
    rate.update(0, 0);
    run(rate, 0, 5, bytesPerSecond, 0);
    const left = rate.secondsFor(bytesPerSecond * 100) ?? 0;
    expect(left).toBeGreaterThanOrEqual(80);
    expect(left).toBeLessThanOrEqual(120);
  }
});

it("a change shows within seconds", () => {
  const rate = new Rate();
  rate.update(0, 0);
  const bytes = run(rate, 0, 30, 1e6, 0);
  run(rate, 30_000, 9, 1e5, bytes);
  expect(rate.bytesPerSecond).toBeGreaterThan(90_000);
  expect(rate.bytesPerSecond).toBeLessThan(200_000);
});

it("nothing is shown at first or when nothing moves", () => {
  const early = new Rate();
  early.update(0, 0);
  early.update(1_000_000, 500);
  expect(early.bytesPerSecond).toBeNull();
  const still = new Rate();
  still.update(0, 0);
  run(still, 0, 3, 0, 0);
  expect(still.bytesPerSecond).toBe(0);
  expect(still.secondsFor(10)).toBeNull();
});
