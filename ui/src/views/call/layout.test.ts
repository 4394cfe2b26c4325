import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { gridLayout, NARROWEST_UPRIGHT, type Rect, spotlightLayout, WIDEST_UPRIGHT } from "./layout";

const GAP = 12;
const EPSILON = 0.001;
const counts = fc.integer({ min: 1, max: 16 });
/** From a small telephone to a 4K screen, either way up. */
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
  it("places every tile inside, none over another, all of one size and a person's proportions", () => {
    fc.assert(
      fc.property(counts, boxes, (count, box) => {
        const rects = gridLayout(count, box, GAP);
        expect(rects).toHaveLength(count);
        const [first] = rects as [Rect];
        rects.forEach((rect, index) => {
          expect(inside(rect, box)).toBe(true);
          expect(rect.width).toBeCloseTo(first.width);
          expect(rect.height).toBeCloseTo(first.height);
          expect(rect.width / rect.height).toBeGreaterThanOrEqual(NARROWEST_UPRIGHT - EPSILON);
          expect(rect.width / rect.height).toBeLessThanOrEqual(WIDEST_UPRIGHT + EPSILON);
          for (const other of rects.slice(index + 1)) expect(overlap(rect, other)).toBe(false);
        });
      }),
    );
  });

  it("leaves no hole that another tile would fit into", () => {
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

  it("keeps 16:9 to 4:3 in an area wider than high", () => {
    for (const count of [1, 2, 3, 4, 5, 6, 7, 8]) {
      const [first] = gridLayout(count, { width: 1248, height: 648 }, GAP) as [Rect];
      expect(first.width / first.height).toBeGreaterThanOrEqual(4 / 3 - EPSILON);
      expect(first.width / first.height).toBeLessThanOrEqual(16 / 9 + EPSILON);
    }
  });

  it("has nothing to place for nobody, and does not break before the first measurement", () => {
    expect(gridLayout(0, { width: 100, height: 100 }, GAP)).toEqual([]);
    for (const rect of gridLayout(3, { width: 0, height: 0 }, GAP)) {
      expect(Object.values(rect).every(Number.isFinite)).toBe(true);
    }
  });
});

describe("spotlightLayout", () => {
  it("keeps everything inside and apart", () => {
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
