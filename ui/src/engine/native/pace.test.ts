import { expect, test } from "vitest";
import { Pace } from "./pace";

/** Which of ninety frames of a 30 Hz camera pass, with as much jitter as given. */
function passes(framerate: number, jitter = 0): number[] {
  const pace = new Pace();
  const passed: number[] = [];
  for (let i = 0; i < 90; i += 1) {
    const now = (i * 1_000) / 30 + (i % 2) * jitter;
    if (!pace.due(now, framerate)) continue;
    pace.sent(now, framerate);
    passed.push(i);
  }
  return passed;
}

test("a rate is met over time, whether it divides the camera's or not", () => {
  for (const framerate of [30, 20, 15, 10, 7, 5]) {
    expect(Math.abs(passes(framerate).length - framerate * 3)).toBeLessThanOrEqual(1);
  }
});

test("halved, every second frame passes", () => {
  expect(passes(15).slice(0, 4)).toEqual([0, 2, 4, 6]);
});

test("a camera out of step loses nothing", () => {
  expect(passes(30, 10)).toHaveLength(90);
});

test("a pause is not made up for", () => {
  const pace = new Pace();
  pace.sent(0, 10);
  pace.sent(5_000, 10);
  expect(pace.due(5_030, 10)).toBe(false);
});

test("a frame that was held up does not cost the one behind it", () => {
  const pace = new Pace();
  const passed = [0, 33, 67, 148, 150, 167, 200, 233].filter((now) => {
    const due = pace.due(now, 30);
    if (due) pace.sent(now, 30);
    return due;
  });
  expect(passed).toHaveLength(8);
});
