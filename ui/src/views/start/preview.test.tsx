// @vitest-environment jsdom
import { act, fireEvent, screen } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { renderView } from "../../../tests/render";
import type { LocalDevice, Self } from "../../call/types";
import { IDLE, localTrack } from "../../gallery/fakes";
import { HEARD_LEVEL, SILENT_MS } from "../hooks/use-silent-microphone";
import { Preview } from "./preview";

const onDevices = vi.fn();
const preview = (self: Partial<Self> = {}, engine = IDLE.engine) =>
  renderView(<Preview onDevices={onDevices} />, { ...IDLE, engine, self: { ...IDLE.self, ...self } });

beforeEach(() => {
  vi.useFakeTimers();
  onDevices.mockClear();
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("a microphone that is not heard", () => {
  let level: number;
  let measures: boolean;
  const microphone = (): LocalDevice => ({
    status: "on",
    error: null,
    track: { ...localTrack("microphone", null), level: () => level, measuresLevel: () => measures },
  });
  const elapse = (ms: number) => act(() => void vi.advanceTimersByTime(ms));
  const hint = () => screen.queryByText("We cannot hear you yet");

  beforeEach(() => {
    level = 0;
    measures = true;
  });

  it("is reported after some seconds, with the way to another, until it is heard", () => {
    preview({ microphone: microphone() });
    elapse(SILENT_MS - 200);
    expect(hint()).toBeNull();
    elapse(400);
    expect(hint()).not.toBeNull();
    fireEvent.click(screen.getByRole("button", { name: "Choose microphone" }));
    expect(onDevices).toHaveBeenCalledTimes(1);
    level = HEARD_LEVEL * 2;
    elapse(200);
    expect(hint()).toBeNull();
    // Then silence is only that nobody speaks.
    level = 0;
    elapse(3 * SILENT_MS);
    expect(hint()).toBeNull();
  });

  it("is not reported while nothing is measured, as before the first gesture", () => {
    measures = false;
    preview({ microphone: microphone() });
    elapse(3 * SILENT_MS);
    expect(hint()).toBeNull();
    measures = true;
    elapse(SILENT_MS + 200);
    expect(hint()).not.toBeNull();
  });

  it("is not reported of one that is off, and begins anew with another", () => {
    const { call } = preview({ microphone: microphone() });
    elapse(SILENT_MS + 200);
    act(() => call.setMicrophone(false));
    expect(hint()).toBeNull();
    act(() => call.set({ self: { ...IDLE.self, microphone: microphone() } }));
    expect(hint()).toBeNull();
    elapse(SILENT_MS + 200);
    expect(hint()).not.toBeNull();
  });
});

describe("the test sound", () => {
  const sinks: string[] = [];
  const notes: number[] = [];
  beforeEach(() => {
    sinks.length = 0;
    notes.length = 0;
    const param = { setValueAtTime() {}, linearRampToValueAtTime() {}, exponentialRampToValueAtTime() {} };
    vi.stubGlobal(
      "AudioContext",
      class {
        state = "running";
        currentTime = 0;
        destination = {};
        setSinkId = async (id: string) => void sinks.push(id);
        createGain = () => ({ gain: param, connect: () => {} });
        createOscillator = () => ({
          frequency: {},
          connect: (next: unknown) => next,
          start: (at: number) => notes.push(at),
          stop() {},
        });
        suspend = async () => {};
        close = async () => {};
      },
    );
  });
  const button = () => screen.queryByRole("button", { name: "Play a test sound" });

  it.each([false, true])("is played on the selected loudspeaker (a device is on: %s)", async (on) => {
    const microphone = { status: "on", error: null, track: localTrack("microphone", null) } as const;
    preview({ speakerId: "headset", ...(on ? { microphone } : {}) });
    await act(async () => fireEvent.click(button() as HTMLElement));
    expect(sinks).toEqual(["headset"]);
    expect(notes).toHaveLength(3);
    screen.getByText(/Did you hear three notes/);
  });

  it("is not offered where it would be heard on another loudspeaker", () => {
    const native = { ...IDLE.engine, kind: "native" } as const;
    preview({ speakerId: "alsa:plughw" }, native);
    expect(button()).toBeNull();
  });
});

it("does not promise a voice whose microphone is off or failed", () => {
  const error = { code: "denied", detail: "" } as const;
  preview({ microphone: { status: "error", error, track: null } });
  expect(screen.queryByText(/your voice only/)).toBeNull();
  screen.getByText(/without camera and microphone/);
});

it("says that the system holds a device, and opens it again on request", () => {
  const { call } = preview({
    camera: { status: "interrupted", error: null, track: localTrack("camera", null) },
  });
  screen.getByText(/another app has stopped your camera/);
  expect(screen.queryByText("Your camera is off")).toBeNull();
  fireEvent.click(screen.getByRole("button", { name: "Turn on again" }));
  expect(call.actions).toEqual([["setCamera", true]]);
});
