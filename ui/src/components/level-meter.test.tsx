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

test("bars light up with the level, and decay slowly", () => {
  let level = 0;
  const { container } = render(<LevelMeter read={() => level} />);
  const bars = [...container.querySelectorAll("i")];
  const lit = () => bars.map((bar) => Number(bar.style.opacity) > 0.9);
  level = 1;
  act(() => void vi.advanceTimersByTime(100));
  expect(lit()).toEqual([true, true, true, true, true]);
  level = 0;
  act(() => void vi.advanceTimersByTime(80));
  expect(lit()).toEqual([true, true, true, false, false]);
  act(() => void vi.advanceTimersByTime(2_000));
  expect(lit()).toEqual([false, false, false, false, false]);
});

test("no CSS variable is set: WebKitGTK leaks memory at each change of one", () => {
  let level = 0;
  const { container } = render(<LevelMeter read={() => level} />);
  for (level of [0.3, 1, 0]) act(() => void vi.advanceTimersByTime(200));
  const styles = [...container.querySelectorAll(".level, i")].map((element) => element.getAttribute("style"));
  expect(styles.join()).toContain("opacity");
  expect(styles.join()).not.toContain("--");
});
