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

/** Web Audio with the rules of browsers: runs only after a gesture, and refuses tracks of another sample rate. */
class FakeAudioContext extends EventTarget {
  static last: FakeAudioContext;
  static gesture = false;
  static otherRate = false;
  state: AudioContextState | "interrupted" = "suspended";
  nodes = 0;

  constructor() {
    super();
    FakeAudioContext.last = this;
  }
  set(state: FakeAudioContext["state"]): void {
    this.state = state;
    this.dispatchEvent(new Event("statechange"));
  }
  async resume(): Promise<void> {
    if (!FakeAudioContext.gesture) return new Promise(() => {});
    if (this.state !== "running") this.set("running");
  }
  close = async () => this.set("closed");
  #node() {
    this.nodes += 1;
    return { connect: () => {}, disconnect: () => (this.nodes -= 1) };
  }
  createMediaStreamSource() {
    if (FakeAudioContext.otherRate) throw new DOMException("", "NotSupportedError");
    return this.#node();
  }
  createAnalyser() {
    return {
      ...this.#node(),
      fftSize: 0,
      getFloatTimeDomainData: (samples: Float32Array) => samples.fill(0.1),
    };
  }
}

function withWebAudio(options: { gesture?: boolean; otherRate?: boolean } = {}): WebviewAudio {
  FakeAudioContext.gesture = options.gesture ?? false;
  FakeAudioContext.otherRate = options.otherRate ?? false;
  vi.stubGlobal("AudioContext", FakeAudioContext);
  return new WebviewAudio();
}

it("meters a track by its RMS in decibels", () => {
  const audio = withWebAudio({ gesture: true });
  const meter = audio.meter(track());
  expect(meter?.level()).toBeCloseTo(1 - 20 / 60);
  meter?.close();
  expect(FakeAudioContext.last.nodes).toBe(0);
  audio.close();
});

it.each(["pointerdown", "keydown"])("measures from the first gesture on (%s), wherever it is", (gesture) => {
  const audio = withWebAudio();
  const meter = audio.meter(track());
  expect(meter?.measures()).toBe(false);
  const button = document.createElement("button");
  button.addEventListener(gesture, (event) => event.stopPropagation());
  document.body.append(button);
  // An event without user activation, as by a script.
  button.dispatchEvent(new Event(gesture, { bubbles: true }));
  expect(meter?.measures()).toBe(false);
  FakeAudioContext.gesture = true;
  button.dispatchEvent(new Event(gesture, { bubbles: true }));
  expect(meter?.measures()).toBe(true);
  audio.close();
});

it("measures again after a call on the phone interrupted Web Audio", () => {
  const audio = withWebAudio({ gesture: true });
  const meter = audio.meter(track());
  FakeAudioContext.last.set("interrupted");
  expect(meter?.measures()).toBe(false);
  document.dispatchEvent(new Event("pointerup"));
  expect(meter?.measures()).toBe(true);
  audio.close();
});

it("resumes Web Audio when a participant is played", () => {
  const audio = withWebAudio();
  const meter = audio.meter(track());
  FakeAudioContext.gesture = true;
  audio.play(track());
  expect(meter?.measures()).toBe(true);
  audio.close();
});

it("asks for no gesture while Web Audio runs, or after it was closed", () => {
  const audio = withWebAudio({ gesture: true });
  audio.meter(track());
  const resume = vi.spyOn(FakeAudioContext.last, "resume");
  document.dispatchEvent(new Event("pointerdown"));
  audio.close();
  document.dispatchEvent(new Event("pointerdown"));
  expect(resume).not.toHaveBeenCalled();
});

it("has no meter for a track of another sample rate", () => {
  expect(withWebAudio({ gesture: true, otherRate: true }).meter(track())).toBeNull();
});

it("has no meter without Web Audio", () => {
  vi.stubGlobal("AudioContext", undefined);
  expect(new WebviewAudio().meter(track())).toBeNull();
});
