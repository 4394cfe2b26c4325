import { expect, test } from "vitest";
import {
  BandwidthRecovery,
  MIN_PROBE_INTERVAL_MS,
  type RecoveryAction,
  type SenderSample,
} from "./bandwidth-recovery";

function start() {
  const recovery = new BandwidthRecovery();
  let now = 50_000;
  return {
    /** One sample a second. */
    pass: (seconds: number, sample: SenderSample): RecoveryAction[] =>
      Array.from({ length: seconds }, () => {
        now += 1_000;
        return recovery.onSample(sample, now);
      }),
  };
}

const limit = 1_800_000;
const UNLIMITED: SenderSample = { available: 1_350_000, sent: 770_000, limit, bandwidthLimited: false };
const NARROW: SenderSample = { available: 420_000, sent: 250_000, limit, bandwidthLimited: true };
const RESTORED: SenderSample = { available: 2_800_000, sent: 460_000, limit, bandwidthLimited: true };
const NONE = new Set([null]);
const count = (actions: RecoveryAction[], action: RecoveryAction) =>
  actions.filter((one) => one === action).length;

test("nothing is done while there is enough bandwidth", () => {
  expect(new Set(start().pass(600, UNLIMITED))).toEqual(NONE);
});

test("a path that became narrow is probed, and the adaptation is reset once when there is more bandwidth", () => {
  const { pass } = start();
  pass(10, UNLIMITED);
  const narrow = pass(12, NARROW);
  expect(count(narrow, "probe")).toBeGreaterThanOrEqual(12_000 / MIN_PROBE_INTERVAL_MS - 1);
  expect(count(narrow, "reset-adaptation")).toBe(0);
  expect(pass(5, RESTORED)).toEqual(["reset-adaptation", null, null, null, null]);
  expect(new Set(pass(20, UNLIMITED))).toEqual(NONE);
});

test("the first probe waits until the queue filled by the drop has drained", () => {
  const { pass } = start();
  pass(10, UNLIMITED);
  expect(pass(3, NARROW)).toEqual([null, null, "probe"]);
});

test("the adaptation is not reset if the picture was not reduced", () => {
  const { pass } = start();
  pass(10, UNLIMITED);
  pass(4, { ...NARROW, bandwidthLimited: false });
  expect(new Set(pass(5, { ...RESTORED, bandwidthLimited: false }))).toEqual(NONE);
});

test("a path that stays narrow is probed at growing intervals, without end", () => {
  const { pass } = start();
  pass(5, UNLIMITED);
  const narrow: SenderSample = { ...NARROW, sent: 400_000 };
  const [first, second, last] = [pass(60, narrow), pass(60, narrow), pass(600, narrow)];
  expect(count(first, "probe")).toBeGreaterThan(2 * count(second, "probe"));
  expect(count(last, "probe")).toBe(600 / 15);
});

test("a camera whose content needs less bitrate than before is not limited", () => {
  const { pass } = start();
  pass(5, UNLIMITED);
  const still: SenderSample = { ...NARROW, sent: 100_000, bandwidthLimited: false };
  pass(120, still);
  expect(new Set(pass(60, still))).toEqual(NONE);
});

test("a camera limited by its own maximum bitrate, not by the path, is left to the browser", () => {
  const { pass } = start();
  expect(new Set(pass(60, { available: 2_800_000, sent: 1_800_000, limit, bandwidthLimited: true }))).toEqual(
    NONE,
  );
});

test("a picture that was small from the start recovers too", () => {
  const { pass } = start();
  const stuck: SenderSample = { available: 430_000, sent: 200_000, limit, bandwidthLimited: true };
  expect(count(pass(10, stuck), "probe")).toBeGreaterThan(2);
  expect(pass(2, { ...stuck, available: 2_000_000 })).toEqual(["reset-adaptation", null]);
});

test("an estimate that fluctuates does not reset the adaptation repeatedly", () => {
  const { pass } = start();
  pass(5, UNLIMITED);
  pass(10, NARROW);
  const actions = Array.from({ length: 60 }, (_, second) =>
    pass(1, { ...NARROW, available: second % 2 ? 420_000 : 520_000, sent: 300_000 }),
  ).flat();
  expect(count(actions, "reset-adaptation")).toBe(0);
});
