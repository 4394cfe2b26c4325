import { describe, expect, it } from "vitest";
import { bounded, containedSize, MAX_SCALE, panBy, WHOLE, wheelFactor, type Zoom, zoomBy } from "./zoom";

const BOX = { width: 800, height: 600 };
/** 16:9, with bars above and below. */
const CONTENT = containedSize({ width: 1920, height: 1080 }, BOX);
const CENTRE = { x: 400, y: 300 };

/** Where a point of the unzoomed box is drawn. */
const drawnAt = (zoom: Zoom, { x, y }: { x: number; y: number }) => ({
  x: x * zoom.scale + zoom.x,
  y: y * zoom.scale + zoom.y,
});

describe("a picture in a box", () => {
  it("is shown whole", () => {
    expect(CONTENT).toEqual({ width: 800, height: 450 });
    expect(containedSize({ width: 1080, height: 1920 }, BOX)).toEqual({ width: 337.5, height: 600 });
  });

  it("fills the box before its size is known", () => {
    expect(containedSize({ width: 0, height: 0 }, BOX)).toEqual(BOX);
  });
});

describe("zooming", () => {
  it("keeps what is under the pointer where it is", () => {
    const at = { x: 500, y: 320 };
    const once = zoomBy(WHOLE, 2, at, CONTENT, BOX);
    expect(drawnAt(once, at)).toEqual(at);
    const twice = zoomBy(once, 1.5, at, CONTENT, BOX);
    expect(twice.scale).toBe(3);
    expect(drawnAt(twice, at).x).toBeCloseTo(at.x);
    expect(drawnAt(twice, at).y).toBeCloseTo(at.y);
  });

  it("has an end on both sides", () => {
    expect(zoomBy(WHOLE, 100, CENTRE, CONTENT, BOX).scale).toBe(MAX_SCALE);
    expect(zoomBy(zoomBy(WHOLE, 4, CENTRE, CONTENT, BOX), 0.1, CENTRE, CONTENT, BOX)).toEqual(WHOLE);
    expect(zoomBy(WHOLE, 1.03, CENTRE, CONTENT, BOX)).toEqual(WHOLE);
  });
});

describe("panning", () => {
  it("ends at the edges of the picture, not of the bars beside it", () => {
    const zoomed = zoomBy(WHOLE, 4, CENTRE, CONTENT, BOX);
    const corner = panBy(zoomed, { x: 10_000, y: 10_000 }, CONTENT, BOX);
    // The upper left corner of the picture is at (0, 75) without zoom.
    expect(drawnAt(corner, { x: 0, y: 75 })).toEqual({ x: 0, y: 0 });
    const other = panBy(zoomed, { x: -10_000, y: -10_000 }, CONTENT, BOX);
    expect(drawnAt(other, { x: 800, y: 525 })).toEqual({ x: 800, y: 600 });
  });

  it("keeps a side in the middle that is smaller than the box", () => {
    const zoomed = zoomBy(WHOLE, 1.2, { x: 0, y: 0 }, CONTENT, BOX);
    expect(drawnAt(panBy(zoomed, { x: 0, y: 500 }, CONTENT, BOX), CENTRE).y).toBe(300);
  });

  it("does nothing to a whole picture", () => {
    expect(panBy(WHOLE, { x: 50, y: 50 }, CONTENT, BOX)).toEqual(WHOLE);
  });

  it("stays within the limits when the box changes", () => {
    const corner = panBy(zoomBy(WHOLE, 4, CENTRE, CONTENT, BOX), { x: -10_000, y: 0 }, CONTENT, BOX);
    const small = { width: 400, height: 300 };
    const content = containedSize({ width: 1920, height: 1080 }, small);
    expect(drawnAt(bounded(corner, content, small), { x: 400, y: 0 }).x).toBe(400);
  });
});

it("a notch of a wheel and a step of a pinch zoom alike in every browser", () => {
  expect(wheelFactor(-120, 0)).toBeCloseTo(1.284);
  expect(wheelFactor(-3, 1)).toBeCloseTo(1.284); // Firefox counts lines.
  expect(wheelFactor(-3, 0)).toBeCloseTo(1.03);
  expect(wheelFactor(-3, 0) * wheelFactor(3, 0)).toBeCloseTo(1);
});
