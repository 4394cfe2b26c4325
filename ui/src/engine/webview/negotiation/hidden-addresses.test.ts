import { expect, it } from "vitest";
import { EXPLAIN_AFTER_MS, HiddenAddresses } from "./hidden-addresses";

const MADE = 1_000;
const HIDDEN = { areKnown: true, areHidden: true };
const SHOWN = { areKnown: true, areHidden: false };
const UNKNOWN = { areKnown: false, areHidden: false };
const LATER = MADE + EXPLAIN_AFTER_MS;

it("are explained after some seconds, until the link works or shows an address", () => {
  const hidden = new HiddenAddresses(MADE);
  expect(hidden.check("connecting", HIDDEN, LATER - 1)).toBe(false);
  expect(hidden.explained).toBe(false);
  expect(hidden.check("connecting", HIDDEN, LATER)).toBe(false);
  expect(hidden.explained).toBe(true);
  hidden.check("failed", HIDDEN, LATER + 30_000);
  hidden.check("connecting", UNKNOWN, LATER + 30_000);
  expect(hidden.explained).toBe(true);
  hidden.check("connecting", SHOWN, LATER + 30_000);
  expect(hidden.explained).toBe(false);
  hidden.check("failed", HIDDEN, LATER + 31_000);
  expect(hidden.explained).toBe(true);
  hidden.check("connected", HIDDEN, LATER + 32_000);
  expect(hidden.explained).toBe(false);
});

it("do not matter to a link that works, or worked, or is closed", () => {
  const hidden = new HiddenAddresses(MADE);
  hidden.onDeviceOpened();
  for (const status of ["connected", "reconnecting", "closed"] as const)
    expect(hidden.check(status, HIDDEN, LATER)).toBe(false);
  expect(hidden.explained).toBe(false);
});

it("end with one new connection once a device was opened, and not before names had time", () => {
  const hidden = new HiddenAddresses(MADE);
  hidden.onDeviceOpened();
  expect(hidden.check("connecting", HIDDEN, LATER - 1)).toBe(false);
  expect(hidden.check("connecting", SHOWN, LATER)).toBe(false);
  expect(hidden.check("connecting", HIDDEN, LATER)).toBe(true);
  hidden.onConnectionMade(LATER);
  expect(hidden.check("connecting", HIDDEN, LATER + EXPLAIN_AFTER_MS)).toBe(false);
  hidden.onDeviceOpened();
  expect(hidden.check("failed", HIDDEN, LATER + EXPLAIN_AFTER_MS)).toBe(true);
});
