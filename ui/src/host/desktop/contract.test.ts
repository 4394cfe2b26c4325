import * as v from "valibot";
import { expect, test } from "vitest";
import { checkSettings } from "../settings-check";
import { DEFAULT_SETTINGS } from "../types";
import contract from "./contract.json";
import { checkEnvelope } from "./envelope";
import { checkFileDrag, checkFilesEvent, transferEntries } from "./files-check";

// A test of the shell (`src-tauri`) checks the same file.

test("the shell has the same default settings", () => {
  expect(contract.defaultSettings).toEqual(DEFAULT_SETTINGS);
  expect(checkSettings(contract.defaultSettings)).toEqual(DEFAULT_SETTINGS);
});

test("every envelope of the shell is understood", () => {
  for (const envelope of contract.envelopes) expect(checkEnvelope(envelope)).toEqual(envelope);
});

test("everything of the shell about files is understood", () => {
  for (const event of contract.fileEvents) expect(checkFilesEvent(event)).toEqual(event);
  for (const drag of contract.fileDrags) expect(checkFileDrag(drag)).toEqual(drag);
  expect(v.parse(transferEntries, contract.fileEntries)).toEqual(contract.fileEntries);
});

test("an invalid envelope is ignored", () => {
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

test("an invalid setting does not lose the others", () => {
  expect(checkSettings({ theme: "sepia", sounds: false })).toEqual({ ...DEFAULT_SETTINGS, sounds: false });
  expect(checkSettings(null)).toEqual(DEFAULT_SETTINGS);
});
