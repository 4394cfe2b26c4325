import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { virtualWindow } from "./virtual-window";

describe("virtualWindow", () => {
  it("has the visible rows and a few around them", () => {
    expect(virtualWindow(100, 40, 200, 0)).toEqual({ first: 0, last: 11, top: 0, contentHeight: 4_000 });
    expect(virtualWindow(100, 40, 200, 1_000)).toEqual({
      first: 19,
      last: 36,
      top: 760,
      contentHeight: 4_000,
    });
  });

  it("has the last rows at the end, also beyond it", () => {
    expect(virtualWindow(100, 40, 200, 3_800).last).toBe(100);
    expect(virtualWindow(100, 40, 200, 99_999)).toEqual(virtualWindow(100, 40, 200, 3_800));
  });

  it("is empty without rows, and complete with few", () => {
    expect(virtualWindow(0, 40, 0, 0)).toEqual({ first: 0, last: 0, top: 0, contentHeight: 0 });
    expect(virtualWindow(3, 40, 120, 0)).toMatchObject({ first: 0, last: 3 });
  });

  it("covers what is visible with few rows, at any length and position", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1_000_000 }),
        fc.integer({ min: 20, max: 60 }),
        fc.integer({ min: 1, max: 800 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (count, rowHeight, height, position) => {
          const { contentHeight } = virtualWindow(count, rowHeight, height, 0);
          const scrollTop = position * Math.max(0, contentHeight - height);
          const { first, last, top } = virtualWindow(count, rowHeight, height, scrollTop);
          // Below every browser's limit.
          expect(contentHeight).toBeLessThanOrEqual(8_000_000);
          expect(last - first).toBeLessThanOrEqual(Math.ceil(height / rowHeight) + 14);
          const bottom = top + (last - first) * rowHeight;
          expect(top).toBeLessThanOrEqual(scrollTop + 0.01);
          expect(bottom).toBeGreaterThanOrEqual(Math.min(scrollTop + height, contentHeight) - 0.01);
          if (position === 0) expect(first).toBe(0);
          if (position === 1) expect(last).toBe(count);
        },
      ),
    );
  });
});
