import fc from "fast-check";
import { expect, test } from "vitest";
import type { Content, Size } from "../worker-messages";
import { encodingAt, type LadderPosition, nextPosition } from "./ladder";

const VGA = { width: 640, height: 480 };
const HD = { width: 1280, height: 720 };

const at = (bitrate: number, captured: Size, content: Content) =>
  encodingAt(nextPosition(null, bitrate, captured, content, 0), bitrate, captured, content);

test("a camera with enough bitrate is sent as captured", () => {
  expect(at(1_800_000, HD, "camera")).toEqual({ ...HD, framerate: 30, bitrate: 1_800_000 });
  expect(at(500_000, VGA, "camera")).toEqual({ ...VGA, framerate: 30, bitrate: 500_000 });
});

test("a camera reduces frame rate, then size", () => {
  expect(at(800_000, HD, "camera")).toMatchObject({ ...HD, framerate: 20 });
  expect(at(700_000, HD, "camera")).toMatchObject({ width: 960, height: 540, framerate: 30 });
  expect(at(400_000, HD, "camera")).toMatchObject({ width: 640, height: 360, framerate: 30 });
});

test("text keeps its size, motion its frame rate", () => {
  const screen = { width: 1920, height: 1080 };
  expect(at(100_000, screen, "text")).toMatchObject({ ...screen, framerate: 2 });
  expect(at(100_000, screen, "motion")).toMatchObject({ width: 480, height: 270, framerate: 30 });
});

test("there is a minimum size, and a maximum bitrate for small sizes", () => {
  const small = { width: 160, height: 120 };
  expect(at(1, small, "camera")).toMatchObject({ ...small, framerate: 20 });
  expect(at(5_000_000, small, "camera").bitrate).toBeLessThan(200_000);
});

test("a small dip is ignored, a larger one is followed at once, and steps up are delayed", () => {
  const next = (position: LadderPosition, bitrate: number, now: number) =>
    nextPosition(position, bitrate, HD, "camera", now);
  const start = nextPosition(null, 1_200_000, HD, "camera", 0);
  expect(start.rung).toBe(0);
  expect(next(start, 1_000_000, 100)).toEqual(start);
  const lowered = next(start, 400_000, 200);
  expect(lowered).toMatchObject({ since: 200 });
  expect(lowered.rung).toBeGreaterThan(1);
  expect(next(lowered, 1_800_000, 3_100)).toEqual(lowered);
  expect(next(lowered, 1_800_000, 3_200)).toEqual({ rung: 0, since: 3_200 });
});

test("a position below the last rung of another size is limited to that", () => {
  const low = nextPosition(null, 1, HD, "camera", 0);
  const small = { width: 160, height: 120 };
  expect(nextPosition(low, 1, small, "camera", 10).rung).toBeLessThanOrEqual(low.rung);
  expect(encodingAt(low, 1, small, "camera")).toMatchObject(small);
});

const size = fc.record({
  width: fc.integer({ min: 2, max: 4096 }),
  height: fc.integer({ min: 2, max: 4096 }),
});
const content = fc.constantFrom<Content>("camera", "text", "motion");

test("the result can be encoded for every input", () => {
  fc.assert(
    fc.property(size, content, fc.integer({ min: 1, max: 20_000_000 }), (captured, kind, bitrate) => {
      const { width, height, framerate, bitrate: given } = at(bitrate, captured, kind);
      expect(width % 2 === 0 && height % 2 === 0 && width >= 2 && height >= 2).toBe(true);
      expect(width <= Math.max(2, captured.width) && height <= Math.max(2, captured.height)).toBe(true);
      expect(framerate >= 1 && framerate <= 30).toBe(true);
      expect(given <= bitrate).toBe(true);
    }),
  );
});

test("a higher bitrate never gives a lower rung", () => {
  fc.assert(
    fc.property(
      size,
      content,
      fc.integer({ min: 1, max: 5_000_000 }),
      fc.nat(5_000_000),
      (captured, kind, low, more) => {
        const worse = nextPosition(null, low, captured, kind, 0);
        const better = nextPosition(null, low + more, captured, kind, 0);
        expect(better.rung).toBeLessThanOrEqual(worse.rung);
      },
    ),
  );
});

test("a bitrate that fluctuates by a tenth does not change the size repeatedly", () => {
  fc.assert(
    fc.property(
      size,
      content,
      fc.integer({ min: 50_000, max: 5_000_000 }),
      fc.array(fc.double({ min: 0.95, max: 1.05, noNaN: true }), { minLength: 100, maxLength: 100 }),
      (captured, kind, middle, wobbles) => {
        let position = nextPosition(null, middle, captured, kind, 0);
        let changes = 0;
        wobbles.forEach((wobble, index) => {
          const after = nextPosition(position, middle * wobble, captured, kind, index * 1_000);
          if (after.rung !== position.rung) changes += 1;
          position = after;
        });
        expect(changes).toBeLessThanOrEqual(1);
      },
    ),
  );
});
