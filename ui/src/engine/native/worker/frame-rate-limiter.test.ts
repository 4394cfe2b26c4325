import { expect, test } from "vitest";
import { FrameRateLimiter } from "./frame-rate-limiter";

/** Which of ninety frames of a 30 fps camera pass; `jitter` in milliseconds. */
function passes(framerate: number, jitter = 0): number[] {
  const limiter = new FrameRateLimiter();
  const passed: number[] = [];
  for (let i = 0; i < 90; i += 1) {
    const now = (i * 1_000) / 30 + (i % 2) * jitter;
    if (!limiter.isDue(now, framerate)) continue;
    limiter.onSent(now, framerate);
    passed.push(i);
  }
  return passed;
}

test("the rate is met on average, whether it divides the camera's or not", () => {
  for (const framerate of [30, 20, 15, 10, 7, 5]) {
    expect(Math.abs(passes(framerate).length - framerate * 3)).toBeLessThanOrEqual(1);
  }
});

test("at half the rate every second frame passes", () => {
  expect(passes(15).slice(0, 4)).toEqual([0, 2, 4, 6]);
});

test("jitter causes no drops at the camera's own rate", () => {
  expect(passes(30, 10)).toHaveLength(90);
});

test("no burst is allowed after a pause", () => {
  const limiter = new FrameRateLimiter();
  limiter.onSent(0, 10);
  limiter.onSent(5_000, 10);
  expect(limiter.isDue(5_030, 10)).toBe(false);
});

test("a delayed frame does not cause the next one to be dropped", () => {
  const limiter = new FrameRateLimiter();
  const passed = [0, 33, 67, 148, 150, 167, 200, 233].filter((now) => {
    const due = limiter.isDue(now, 30);
    if (due) limiter.onSent(now, 30);
    return due;
  });
  expect(passed).toHaveLength(8);
});
