import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { gridLayout, MAX_ASPECT_PORTRAIT, MIN_ASPECT_PORTRAIT, type Rect, spotlightLayout } from "./layout";

const GAP = 12;
const EPSILON = 0.001;
const counts = fc.integer({ min: 1, max: 16 });
/** From a small phone to a 4K screen, in either orientation. */
const boxes = fc
  .record({ width: fc.integer({ min: 300, max: 3840 }), height: fc.integer({ min: 300, max: 3840 }) })
  .filter(({ width, height }) => width / height < 2.4 && height / width < 2.2);

function rowsOf(rects: readonly Rect[]): Rect[][] {
  const rows = new Map<number, Rect[]>();
  for (const rect of rects) {
    const top = Math.round(rect.y * 100);
    rows.set(top, [...(rows.get(top) ?? []), rect]);
  }
  return [...rows.values()];
}

const inside = (rect: Rect, box: { width: number; height: number }) =>
  rect.x >= -EPSILON &&
  rect.y >= -EPSILON &&
  rect.x + rect.width <= box.width + EPSILON &&
  rect.y + rect.height <= box.height + EPSILON;

const overlap = (a: Rect, b: Rect) =>
  a.x < b.x + b.width - EPSILON &&
  b.x < a.x + a.width - EPSILON &&
  a.y < b.y + b.height - EPSILON &&
  b.y < a.y + a.height - EPSILON;

describe("gridLayout", () => {
  it("places equal tiles inside the area, without overlap, within the limits of the aspect ratio", () => {
    fc.assert(
      fc.property(counts, boxes, (count, box) => {
        const rects = gridLayout(count, box, GAP);
        expect(rects).toHaveLength(count);
        const [first] = rects as [Rect];
        rects.forEach((rect, index) => {
          expect(inside(rect, box)).toBe(true);
          expect(rect.width).toBeCloseTo(first.width);
          expect(rect.height).toBeCloseTo(first.height);
          expect(rect.width / rect.height).toBeGreaterThanOrEqual(MIN_ASPECT_PORTRAIT - EPSILON);
          expect(rect.width / rect.height).toBeLessThanOrEqual(MAX_ASPECT_PORTRAIT + EPSILON);
          for (const other of rects.slice(index + 1)) expect(overlap(rect, other)).toBe(false);
        });
      }),
    );
  });

  it("leaves no gap that is as large as a tile", () => {
    fc.assert(
      fc.property(counts, boxes, (count, box) => {
        const rects = gridLayout(count, box, GAP);
        const [{ width, height }] = rects as [Rect];
        const top = Math.min(...rects.map(({ y }) => y));
        const bottom = box.height - Math.max(...rects.map((rect) => rect.y + rect.height));
        expect(Math.max(top, bottom)).toBeLessThan(height);
        for (const row of rowsOf(rects)) {
          const left = Math.min(...row.map(({ x }) => x));
          const right = box.width - Math.max(...row.map((rect) => rect.x + rect.width));
          expect(Math.max(left, right)).toBeLessThan(width);
        }
      }),
    );
  });

  it("fills rows evenly", () => {
    fc.assert(
      fc.property(counts, boxes, (count, box) => {
        const sizes = rowsOf(gridLayout(count, box, GAP)).map((row) => row.length);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it("keeps 16:9 to 4:3 in landscape orientation", () => {
    for (const count of [1, 2, 3, 4, 5, 6, 7, 8]) {
      const [first] = gridLayout(count, { width: 1248, height: 648 }, GAP) as [Rect];
      expect(first.width / first.height).toBeGreaterThanOrEqual(4 / 3 - EPSILON);
      expect(first.width / first.height).toBeLessThanOrEqual(16 / 9 + EPSILON);
    }
  });

  it("returns nothing for no tiles, and finite numbers for an empty area", () => {
    expect(gridLayout(0, { width: 100, height: 100 }, GAP)).toEqual([]);
    for (const rect of gridLayout(3, { width: 0, height: 0 }, GAP)) {
      expect(Object.values(rect).every(Number.isFinite)).toBe(true);
    }
  });
});

describe("spotlightLayout", () => {
  it("places every tile inside the area, without overlap", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 15 }), boxes, (others, box) => {
        const { main, strip } = spotlightLayout(others, box, GAP);
        expect(strip).toHaveLength(others);
        const all = [main, ...strip];
        all.forEach((rect, index) => {
          expect(inside(rect, box)).toBe(true);
          for (const other of all.slice(index + 1)) expect(overlap(rect, other)).toBe(false);
        });
      }),
    );
  });

  it("gives the large tile most of the area", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 15 }), boxes, (others, box) => {
        const { main } = spotlightLayout(others, box, GAP);
        expect(main.width * main.height).toBeGreaterThan(0.5 * box.width * box.height);
      }),
    );
  });
});
