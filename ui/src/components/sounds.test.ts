import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createSounds, JOIN, LEAVE } from "./sounds";

class FakeContext {
  static opened: FakeContext[] = [];
  state = "running";
  currentTime = 3;
  destination = {};
  notes = 0;
  /** What the notes went to, in order. */
  heardOn: unknown[] = [];

  constructor() {
    FakeContext.opened.push(this);
  }

  createOscillator() {
    this.notes += 1;
    return { frequency: {}, connect: (next: unknown) => next, start() {}, stop() {} };
  }

  createGain() {
    const ramp = { setValueAtTime() {}, linearRampToValueAtTime() {}, exponentialRampToValueAtTime() {} };
    return { gain: ramp, connect: (next: unknown) => this.heardOn.push(next) };
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
  const sounds = createSounds(() => null);
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

/** As Chromium: contexts have an output device. */
class SinkContext extends FakeContext {
  sinks: string[] = [];
  async setSinkId(id: string) {
    if (id === "gone") throw new DOMException("", "NotFoundError");
    this.sinks.push(id);
  }
}

test("chimes are heard on the selected loudspeaker, from the first note on", async () => {
  vi.stubGlobal("AudioContext", SinkContext);
  let speaker: string | null = "headset";
  const sounds = createSounds(() => speaker);
  sounds.play(JOIN);
  const context = FakeContext.opened[0] as SinkContext;
  expect(context).toMatchObject({ sinks: ["headset"], notes: 0 });
  await vi.advanceTimersByTimeAsync(0);
  expect(context.notes).toBe(2);
  sounds.play(LEAVE);
  expect(context).toMatchObject({ sinks: ["headset"], notes: 4 });
  speaker = null;
  sounds.play(JOIN);
  await vi.advanceTimersByTimeAsync(0);
  expect(context).toMatchObject({ sinks: ["headset", ""], notes: 6 });
});

test("chimes are heard on the default while the selected loudspeaker is gone", async () => {
  vi.stubGlobal("AudioContext", SinkContext);
  const sounds = createSounds(() => "gone");
  sounds.play(JOIN);
  await vi.advanceTimersByTimeAsync(0);
  expect(FakeContext.opened[0]).toMatchObject({ sinks: [""], notes: 2 });
});

test("where only elements have an output device, as in Firefox, chimes go through one", async () => {
  const stream = { stream: "of the chimes" };
  class StreamContext extends FakeContext {
    createMediaStreamDestination = () => stream;
  }
  const element = {
    srcObject: null as unknown,
    sinks: [] as string[],
    play: vi.fn(async () => {}),
    pause: vi.fn(),
  };
  const setSinkId = async (id: string) => void element.sinks.push(id);
  vi.stubGlobal("AudioContext", StreamContext);
  vi.stubGlobal("document", { createElement: () => Object.assign(element, { setSinkId }) });
  let speaker: string | null = "headset";
  const sounds = createSounds(() => speaker);
  sounds.play(JOIN);
  await vi.advanceTimersByTimeAsync(0);
  const [context] = FakeContext.opened;
  expect(element).toMatchObject({ sinks: ["headset"], srcObject: stream.stream });
  expect(element.play).toHaveBeenCalled();
  expect(context?.heardOn).toEqual([stream, stream]);
  speaker = null;
  sounds.play(JOIN);
  await vi.advanceTimersByTimeAsync(0);
  expect(context?.heardOn.slice(2)).toEqual([context?.destination, context?.destination]);
  sounds.close();
  expect(element.pause).toHaveBeenCalled();
});
