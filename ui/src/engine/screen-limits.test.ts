import { expect, it } from "vitest";
import { screenDownscale, screenFramerate } from "./screen-limits";

const FOUR_K = { width: 3840, height: 2160 };
const sent = (captured: typeof FOUR_K, content: "text" | "motion", encoders = 1) => {
  const factor = screenDownscale(captured, content, encoders);
  return { width: captured.width / factor, height: captured.height / factor };
};

it("a 4K screen is bounded: text in pixels and pictures a second, motion in pixels only", () => {
  expect(sent(FOUR_K, "text")).toEqual({ width: 2560, height: 1440 });
  expect(screenFramerate(sent(FOUR_K, "text"), "text")).toBe(10);
  expect(sent(FOUR_K, "motion")).toEqual({ width: 1920, height: 1080 });
  expect(screenFramerate(sent(FOUR_K, "motion"), "motion")).toBe(30);
});

it("motion is smaller where it is encoded for several links, text stays readable", () => {
  expect(sent(FOUR_K, "motion", 3)).toEqual({ width: 1280, height: 720 });
  expect(sent(FOUR_K, "text", 7)).toEqual({ width: 2560, height: 1440 });
});

it("an ordinary screen is not scaled, whatever its shape", () => {
  for (const size of [
    { width: 1920, height: 1200 },
    { width: 1080, height: 1920 },
    { width: 300, height: 200 },
  ]) {
    expect(screenDownscale(size, "text", 7)).toBe(1);
    expect(screenFramerate(size, "text")).toBe(15);
  }
  // Two monitors in one picture keep their shape.
  const { width, height } = sent({ width: 5120, height: 1440 }, "text");
  expect(width / height).toBeCloseTo(5120 / 1440);
  expect(width * height).toBeCloseTo(2560 * 1440);
});
