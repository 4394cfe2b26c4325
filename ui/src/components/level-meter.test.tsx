// @vitest-environment jsdom
import { act, cleanup, render } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { LevelMeter } from "./level-meter";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

test("bars light up with the level and fall slowly, and no style variable is touched", () => {
  let level = 0;
  const { container } = render(<LevelMeter read={() => level} />);
  const bars = [...container.querySelectorAll("i")];
  const meter = container.querySelector(".level") as HTMLElement;
  const lit = () => bars.map((bar) => Number(bar.style.opacity) > 0.9);
  level = 1;
  act(() => void vi.advanceTimersByTime(100));
  expect(lit()).toEqual([true, true, true, true, true]);
  level = 0;
  act(() => void vi.advanceTimersByTime(80));
  expect(lit()).toEqual([true, true, true, false, false]);
  act(() => void vi.advanceTimersByTime(2_000));
  expect(lit()).toEqual([false, false, false, false, false]);
  // Each change of one that the style sheet reckons with costs WebKitGTK memory that it never gives back.
  expect([meter, ...bars].map(({ style }) => style.getPropertyValue("--level"))).toEqual(
    Array(bars.length + 1).fill(""),
  );
});
