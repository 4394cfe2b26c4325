// @vitest-environment jsdom
import { act } from "@testing-library/react";
import { expect, it } from "vitest";
import { renderView } from "../../../tests/render";
import type { CallState } from "../../call/types";
import type { Device } from "../../engine/types";
import { fakeHost, IDLE } from "../../gallery/fakes";
import type { Settings } from "../../host/types";
import { useRememberedDevices } from "./use-remembered-devices";

const BOTH_ON = { microphoneOn: true, cameraOn: true };
const devices = (label: string): readonly Device[] =>
  (["microphone", "camera"] as const).map((kind) => ({ id: kind, kind, label: label && `${label} ${kind}` }));
const self = (label: string): Pick<CallState, "self"> => ({
  self: { ...IDLE.self, devices: devices(label) },
});

function Page() {
  useRememberedDevices();
  return null;
}

async function show(settings: Partial<Settings>, state: Partial<CallState>) {
  const host = fakeHost("browser", { language: "en", ...settings });
  const { call } = renderView(<Page />, { ...IDLE, ...state }, { host });
  const set = async (patch: Partial<CallState>) => {
    await act(async () => call.set(patch));
  };
  await set({});
  return { call, set };
}

it("devices that were on are opened once their labels show that they are permitted", async () => {
  const { call, set } = await show(BOTH_ON, self(""));
  expect(call.actions).toEqual([]);
  await set(self("my"));
  expect(call.actions).toEqual([
    ["setMicrophone", true],
    ["setCamera", true],
  ]);
});

it("a device that was off stays off", async () => {
  const { call } = await show({ microphoneOn: false, cameraOn: true }, self("my"));
  expect(call.actions).toEqual([["setCamera", true]]);
});

it("each is opened once, and none after the first call", async () => {
  const { call, set } = await show(BOTH_ON, self("my"));
  await set(self("other"));
  expect(call.actions).toHaveLength(2);
  const late = await show(BOTH_ON, { ...self("my"), phase: "joined" });
  await late.set({ phase: "idle" });
  await late.set(self("other"));
  expect(late.call.actions).toEqual([]);
});
