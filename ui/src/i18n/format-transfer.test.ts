import fc from "fast-check";
import { expect, it } from "vitest";
import {
  byteProgress,
  byteRate,
  byteSize,
  progressPercent,
  roundedSeconds,
  timeSpan,
} from "./format-transfer";

it.each([
  [0, "0 B"],
  [812, "812 B"],
  [999, "999 B"],
  [1_000, "1 KB"],
  [4_812_033, "4.8 MB"],
  [99_960_000, "100 MB"],
  [999_600_000, "1 GB"],
  [18_400_000_000, "18.4 GB"],
  [2 ** 53 - 1, "9 PB"],
])("formats %i bytes", (bytes, text) => {
  expect(byteSize("en", bytes)).toBe(text);
  expect(byteSize("ko", bytes)).toBe(text);
});

it("formats progress in the unit of the total, rounded down", () => {
  expect(byteProgress("en", 11_450_000_000, 18_400_000_000)).toEqual({ done: "11.4", total: "18.4 GB" });
  expect(byteProgress("en", 18_399_999_999, 18_400_000_000).done).toBe("18.3");
  expect(byteProgress("en", 18_400_000_000, 18_400_000_000).done).toBe("18.4");
  expect(byteProgress("en", 5, 812)).toEqual({ done: "5", total: "812 B" });
  expect(byteProgress("en", 0, 0)).toEqual({ done: "0", total: "0 B" });
});

it("says 100 % only at the end", () => {
  expect([0, 0.629, 0.99999, 1, 7].map((share) => progressPercent("en", share))).toEqual([
    "0 %",
    "62 %",
    "99 %",
    "100 %",
    "100 %",
  ]);
});

it("formats rates with two or three digits", () => {
  expect([0, 850, 3_140_000, 9_960_000, 96_300_000, 402_000_000].map((rate) => byteRate("en", rate))).toEqual(
    ["0 B/s", "850 B/s", "3.1 MB/s", "10 MB/s", "96 MB/s", "402 MB/s"],
  );
});

it.each([
  [0, "1 sec", "1초"],
  [7.4, "7 sec", "7초"],
  [43, "45 sec", "45초"],
  [58, "1 min", "1분"],
  [74, "1 min 15 sec", "1분 15초"],
  [570, "10 min", "10분"],
  [3_590, "1 hr", "1시간"],
  [4_700, "1 hr 20 min", "1시간 20분"],
  [52_000, "14 hr", "14시간"],
  [200_000, "2 days 6 hr", "2일 6시간"],
])("formats %d seconds", (seconds, en, ko) => {
  expect(timeSpan("en", seconds)).toBe(en);
  expect(timeSpan("ko", seconds)).toBe(ko);
});

it("rounds times by a sixth at most, from three seconds on, and in their order", () => {
  const seconds = fc.double({ min: 3, max: 30 * 86_400, noNaN: true });
  fc.assert(
    fc.property(seconds, (value) => {
      expect(Math.abs(roundedSeconds(value) - value) / value).toBeLessThanOrEqual(1 / 6);
    }),
  );
  fc.assert(
    fc.property(seconds, seconds, (a, b) => {
      expect(roundedSeconds(Math.min(a, b))).toBeLessThanOrEqual(roundedSeconds(Math.max(a, b)));
    }),
  );
});
