// @vitest-environment jsdom
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { WebviewAudio } from "./audio";

/** How `play()` ends, by the order of the calls; the last holds for all others. */
let playing: (() => Promise<void>)[];
let sinks: string[];

const blocked = () => Promise.reject(new DOMException("autoplay", "NotAllowedError"));
const allowed = async () => {};
const track = () => ({ kind: "audio" }) as MediaStreamTrack;
const elements = () => [...document.querySelectorAll("audio")];
const settled = () => vi.waitFor(() => {});

beforeEach(() => {
  playing = [allowed];
  sinks = [];
  vi.stubGlobal("MediaStream", class {});
  HTMLMediaElement.prototype.play = () =>
    (playing.length > 1 ? playing.shift() : playing[0])?.() ?? allowed();
  Object.defineProperty(HTMLMediaElement.prototype, "srcObject", {
    writable: true,
    value: null,
    configurable: true,
  });
  HTMLMediaElement.prototype.setSinkId = async (id: string) => {
    if (id === "gone") throw new DOMException("", "NotFoundError");
    sinks.push(id);
  };
});

afterEach(() => {
  vi.unstubAllGlobals();
  document.body.replaceChildren();
});

it("plays each track in a hidden element until it is stopped", () => {
  const audio = new WebviewAudio();
  const stop = audio.play(track());
  audio.play(track());
  expect(elements().map(({ hidden }) => hidden)).toEqual([true, true]);
  stop();
  expect(elements()).toHaveLength(1);
  audio.close();
  expect(elements()).toEqual([]);
});

it("routes what plays and what will play to the selected output", async () => {
  const audio = new WebviewAudio();
  audio.play(track());
  await audio.setSpeaker("headset");
  audio.play(track());
  expect(sinks).toEqual(["headset", "headset"]);
  await audio.setSpeaker(null);
  expect(sinks.slice(2)).toEqual(["", ""]);
  await expect(audio.setSpeaker("gone")).rejects.toThrow();
});

it("reports blocked playback, and unblocks all of it in a user gesture", async () => {
  playing = [blocked];
  const audio = new WebviewAudio();
  const changes: boolean[] = [];
  audio.onChange(() => changes.push(audio.blocked()));
  audio.play(track());
  audio.play(track());
  await vi.waitFor(() => expect(audio.blocked()).toBe(true));
  playing = [allowed];
  await audio.unblock();
  expect(audio.blocked()).toBe(false);
  expect(changes).toEqual([true, false]);
});

it("is no longer blocked once the blocked track is stopped", async () => {
  playing = [blocked];
  const audio = new WebviewAudio();
  const stop = audio.play(track());
  await vi.waitFor(() => expect(audio.blocked()).toBe(true));
  stop();
  expect(audio.blocked()).toBe(false);
});

it("does not take a removed element or another error for the autoplay policy", async () => {
  playing = [() => Promise.reject(new DOMException("", "AbortError")), blocked];
  const audio = new WebviewAudio();
  audio.play(track());
  audio.play(track())();
  await settled();
  expect(audio.blocked()).toBe(false);
});

it("meters a track by its RMS in decibels, and resumes a suspended context", () => {
  const resumed = vi.fn(async () => {});
  const disconnected = vi.fn();
  const node = { connect: () => {}, disconnect: disconnected };
  vi.stubGlobal(
    "AudioContext",
    class {
      state = "suspended";
      resume = resumed;
      close = async () => {};
      createMediaStreamSource = () => node;
      createAnalyser = () => ({
        ...node,
        fftSize: 0,
        getFloatTimeDomainData: (samples: Float32Array) => samples.fill(0.1),
      });
    },
  );
  const audio = new WebviewAudio();
  const meter = audio.meter(track());
  expect(resumed).toHaveBeenCalled();
  expect(meter?.level()).toBeCloseTo(1 - 20 / 60);
  meter?.close();
  expect(disconnected).toHaveBeenCalledTimes(2);
  audio.close();
});

it("has no meter without Web Audio", () => {
  vi.stubGlobal("AudioContext", undefined);
  expect(new WebviewAudio().meter(track())).toBeNull();
});
