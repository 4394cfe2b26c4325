import { expect, test } from "vitest";
import { DEFAULT_SETTINGS } from "../types";
import contract from "./contract.json";
import { checkEnvelope } from "./envelope";
import { checkSettings } from "./settings-check";

// `src-tauri/src/signaling/contract.rs` holds the shell to the same file.

test("the shell's defaults are the interface's", () => {
  expect(contract.defaultSettings).toEqual(DEFAULT_SETTINGS);
  expect(checkSettings(contract.defaultSettings)).toEqual(DEFAULT_SETTINGS);
});

test("every event the shell sends is understood", () => {
  for (const envelope of contract.envelopes) expect(checkEnvelope(envelope)).toEqual(envelope);
});

test("what the shell cannot have sent is passed over", () => {
  for (const bad of [
    null,
    {},
    { turn: -1, event: { type: "status", status: { kind: "idle" } } },
    { turn: 1, event: { type: "status", status: { kind: "refused", code: 7, detail: "" } } },
    { turn: 1, event: { type: "message", message: { type: "joined" } } },
  ]) {
    expect(checkEnvelope(bad)).toBeNull();
  }
});

test("a setting of another version does not lose the others", () => {
  expect(checkSettings({ theme: "sepia", sounds: false })).toEqual({ ...DEFAULT_SETTINGS, sounds: false });
  expect(checkSettings(null)).toEqual(DEFAULT_SETTINGS);
});
