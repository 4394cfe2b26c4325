import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createSounds, JOIN } from "./sounds";

class FakeContext {
  static opened: FakeContext[] = [];
  state = "running";
  currentTime = 3;
  destination = {};
  notes = 0;

  constructor() {
    FakeContext.opened.push(this);
  }

  createOscillator() {
    this.notes += 1;
    return { frequency: {}, connect: (next: unknown) => next, start() {}, stop() {} };
  }

  createGain() {
    const ramp = { setValueAtTime() {}, linearRampToValueAtTime() {}, exponentialRampToValueAtTime() {} };
    return { gain: ramp, connect: (next: unknown) => next };
  }

  async suspend() {
    this.state = "suspended";
  }

  async resume() {
    this.state = "running";
  }

  async close() {
    this.state = "closed";
  }
}

beforeEach(() => {
  vi.useFakeTimers();
  FakeContext.opened = [];
  vi.stubGlobal("AudioContext", FakeContext);
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("the audio context is suspended after a chime, and resumed by the next one", () => {
  const sounds = createSounds();
  expect(FakeContext.opened).toHaveLength(0);
  sounds.play(JOIN);
  const [context] = FakeContext.opened;
  vi.advanceTimersByTime(300);
  expect(context?.state).toBe("running");
  vi.advanceTimersByTime(1_000);
  expect(context?.state).toBe("suspended");
  sounds.play(JOIN);
  expect(context).toMatchObject({ state: "running", notes: 4 });
  // The end of the first chime does not cut off the second.
  vi.advanceTimersByTime(600);
  sounds.play(JOIN);
  vi.advanceTimersByTime(600);
  expect(context?.state).toBe("running");
  sounds.close();
  expect(context?.state).toBe("closed");
  vi.advanceTimersByTime(5_000);
  expect(context?.state).toBe("closed");
});
