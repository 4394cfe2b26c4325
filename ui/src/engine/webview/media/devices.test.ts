import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { INTERRUPTED_AFTER_MS } from "../../interruption";
import { type CaptureRules, FakeCapture } from "../testing/fake-capture";
import type { WebviewAudio } from "./audio";
import { WebviewDevices } from "./devices";

const PROCESSING = { echoCancellation: true, noiseSuppression: true, gainControl: true };
const HEADSET = { ...PROCESSING, echoCancellation: false };

const meterOf = (meter: WebviewAudio["meter"]) => ({ meter }) as WebviewAudio;
const noMeter = meterOf(() => null);

function browser(rules: Partial<CaptureRules>, audio = noMeter) {
  const capture = new FakeCapture({ second: "both live", applyConstraints: "applied", ...rules });
  vi.stubGlobal("navigator", { mediaDevices: capture, userAgent: "" });
  return { capture, devices: new WebviewDevices(audio) };
}

beforeEach(() => {
  vi.stubGlobal("isSecureContext", true);
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

it("opens a microphone without a meter, and leaves nothing open after it is stopped", async () => {
  const { capture, devices } = browser({});
  const track = await devices.openMicrophone(null);
  expect(track.measuresLevel()).toBe(false);
  expect(track.level()).toBe(0);
  // The clone for the meter would keep the microphone open.
  expect(capture.live).toHaveLength(1);
  track.stop();
  expect(capture.live).toEqual([]);
});

it("leaves no microphone open when the track cannot be used", async () => {
  const { capture, devices } = browser(
    {},
    meterOf(() => {
      throw new DOMException("", "NotSupportedError");
    }),
  );
  await expect(devices.openMicrophone(null)).rejects.toMatchObject({ code: "unsupported" });
  expect(capture.live).toEqual([]);
});

it("measures only while Web Audio runs", async () => {
  let running = false;
  const { devices } = browser(
    {},
    meterOf(() => ({ level: () => 0.5, measures: () => running, close: () => {} })),
  );
  const track = await devices.openMicrophone(null);
  expect(track.measuresLevel()).toBe(false);
  running = true;
  expect(track.measuresLevel()).toBe(true);
  track.stop();
  expect(track.measuresLevel()).toBe(false);
});

it("changes the processing of the open microphone where the browser does", async () => {
  const { capture, devices } = browser({});
  await devices.openMicrophone(null);
  expect(await devices.setProcessing(HEADSET)).toBe(true);
  expect(capture.live[0]?.getSettings().echoCancellation).toBe(false);
});

it("reports that the processing was accepted without effect, and uses it for the next microphone", async () => {
  const { capture, devices } = browser({ applyConstraints: "accepted" });
  const track = await devices.openMicrophone(null);
  expect(await devices.setProcessing(HEADSET)).toBe(false);
  track.stop();
  await devices.openMicrophone(null);
  expect(capture.live[0]?.getSettings().echoCancellation).toBe(false);
  // One that is closed does not count.
  expect(await devices.setProcessing(HEADSET)).toBe(true);
});

it("reports what the system withholds", async () => {
  vi.useFakeTimers();
  const { capture, devices } = browser({});
  const camera = await devices.openCamera(null);
  const changes: boolean[] = [];
  camera.onInterruption(() => changes.push(camera.interrupted()));
  capture.tracks[0]?.setMuted(true);
  vi.advanceTimersByTime(INTERRUPTED_AFTER_MS);
  capture.tracks[0]?.setMuted(false);
  expect(changes).toEqual([true, false]);
});
