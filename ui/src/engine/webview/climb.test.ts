import { expect, test } from "vitest";
import { Climb, type Look, type Move, PROBE_EVERY_MS } from "./climb";

function start() {
  const climb = new Climb();
  let now = 50_000;
  return {
    /** One look a second. */
    pass: (seconds: number, look: Look): Move[] =>
      Array.from({ length: seconds }, () => {
        now += 1_000;
        return climb.look(look, now);
      }),
  };
}

const limit = 1_800_000;
const CLEAN: Look = { available: 1_350_000, sent: 770_000, limit, held: false };
const CUT: Look = { available: 420_000, sent: 250_000, limit, held: true };
const BACK: Look = { available: 2_800_000, sent: 460_000, limit, held: true };
const NOTHING = new Set([null]);
const count = (moves: Move[], move: Move) => moves.filter((one) => one === move).length;

test("a path with room is left alone", () => {
  expect(new Set(start().pass(600, CLEAN))).toEqual(NOTHING);
});

test("a path that became narrow is probed, the picture is released once it takes more, and only once", () => {
  const { pass } = start();
  pass(10, CLEAN);
  const cut = pass(12, CUT);
  expect(count(cut, "probe")).toBeGreaterThanOrEqual(12_000 / PROBE_EVERY_MS - 1);
  expect(count(cut, "release")).toBe(0);
  expect(pass(5, BACK)).toEqual(["release", null, null, null, null]);
  expect(new Set(pass(20, CLEAN))).toEqual(NOTHING);
});

test("the queue that a cut fills is not probed", () => {
  const { pass } = start();
  pass(10, CLEAN);
  expect(pass(3, CUT)).toEqual([null, null, "probe"]);
});

test("a picture that was not reduced is not released", () => {
  const { pass } = start();
  pass(10, CLEAN);
  pass(4, { ...CUT, held: false });
  expect(new Set(pass(5, { ...BACK, held: false }))).toEqual(NOTHING);
});

test("a path that stays narrow is probed ever more seldom, and never given up", () => {
  const { pass } = start();
  pass(5, CLEAN);
  const narrow: Look = { ...CUT, sent: 400_000 };
  const [first, second, last] = [pass(60, narrow), pass(60, narrow), pass(600, narrow)];
  expect(count(first, "probe")).toBeGreaterThan(2 * count(second, "probe"));
  expect(count(last, "probe")).toBe(600 / 15);
});

test("a camera that shows less than before is content with less", () => {
  const { pass } = start();
  pass(5, CLEAN);
  const still: Look = { ...CUT, sent: 100_000, held: false };
  pass(120, still);
  expect(new Set(pass(60, still))).toEqual(NOTHING);
});

test("what is held by its own limit, on a path with room, is left to the browser", () => {
  const { pass } = start();
  expect(new Set(pass(60, { available: 2_800_000, sent: 1_800_000, limit, held: true }))).toEqual(NOTHING);
});

test("a picture that begins small and stays so is helped too", () => {
  const { pass } = start();
  const stuck: Look = { available: 430_000, sent: 200_000, limit, held: true };
  expect(count(pass(10, stuck), "probe")).toBeGreaterThan(2);
  expect(pass(2, { ...stuck, available: 2_000_000 })).toEqual(["release", null]);
});

test("an estimate that moves to and fro does not release the picture again and again", () => {
  const { pass } = start();
  pass(5, CLEAN);
  pass(10, CUT);
  const moves = Array.from({ length: 60 }, (_, second) =>
    pass(1, { ...CUT, available: second % 2 ? 420_000 : 520_000, sent: 300_000 }),
  ).flat();
  expect(count(moves, "release")).toBe(0);
});
