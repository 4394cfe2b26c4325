import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Source } from "../types";
import type { ArrivingSource } from "./arrivals";
import { IncomingTrack } from "./remote-track";
import type { Sound } from "./sound";

/** Milliseconds on the page's own clock. */
let now: number;

beforeEach(() => {
  now = 5_000;
  vi.spyOn(performance, "now").mockImplementation(() => now);
});
afterEach(() => vi.restoreAllMocks());

/** By how much a source's `timestamp` is ahead of `performance.now()`, as browsers have had it. */
const CLOCKS = {
  "from the epoch": performance.timeOrigin,
  "from the start of the machine": 86_400_000,
  "from the start of the page": 0,
};

/** A receiver whose list of sources is what a browser remembers of the frames given to it. */
function receiver(kind: "audio" | "video", ahead: number, source: Source) {
  const list = new Map<number, ArrivingSource>();
  const track = { kind, readyState: "live", muted: false };
  const sound = { play: () => () => {} } as unknown as Sound;
  const incoming = new IncomingTrack(
    source,
    { track, getSynchronizationSources: () => [...list.values()] } as unknown as RTCRtpReceiver,
    sound,
  );
  return {
    track,
    incoming,
    frame(source: number, rtpTimestamp: number | undefined, audioLevel?: number) {
      list.set(source, {
        source,
        timestamp: now + ahead,
        ...(rtpTimestamp === undefined ? {} : { rtpTimestamp }),
        ...(audioLevel === undefined ? {} : { audioLevel }),
      });
    },
    forget: (source: number) => list.delete(source),
    live() {
      incoming.poll();
      return incoming.live();
    },
  };
}

describe.each(Object.entries(CLOCKS))("where sources count time %s", (_, ahead) => {
  it("a camera is live while frames arrive, not after, and again", () => {
    const { live, frame } = receiver("video", ahead, "camera");
    expect(live()).toBe(false);
    for (let sent = 0; sent < 20; sent++) {
      frame(7, 3_000 * sent);
      expect(live()).toBe(true);
      now += 500;
    }
    now += 1_900;
    expect(live()).toBe(true);
    now += 100;
    expect(live()).toBe(false);
    frame(7, 999_000);
    expect(live()).toBe(true);
  });

  it("a still screen stays live between its rare frames", () => {
    const { live, frame } = receiver("video", ahead, "screen");
    frame(7, 0);
    expect(live()).toBe(true);
    now += 9_999;
    expect(live()).toBe(true);
    now += 1;
    expect(live()).toBe(false);
  });

  it("an old source that stays in the list neither counts as new nor hides the new one", () => {
    const { live, frame } = receiver("video", ahead, "camera");
    frame(7, 1);
    expect(live()).toBe(true);
    now += 2_500;
    expect(live()).toBe(false);
    for (let sent = 0; sent < 10; sent++) {
      // Its numbers begin anywhere: here far below those of the old one.
      frame(6, sent);
      now += 400;
      expect(live()).toBe(true);
    }
    now += 2_500;
    expect(live()).toBe(false);
  });

  it("a level is that of the packet that came last, and holds for 300 ms", () => {
    const { incoming, frame } = receiver("audio", ahead, "microphone");
    expect(incoming.level()).toBe(0);
    frame(7, 960, 0.01);
    const quiet = incoming.level();
    expect(quiet).toBeGreaterThan(0);
    now += 20;
    frame(7, 1_920, 0.5);
    expect(incoming.level()).toBeGreaterThan(quiet);
    now += 300;
    expect(incoming.level()).toBeGreaterThan(quiet);
    now += 1;
    expect(incoming.level()).toBe(0);
  });

  it("the level of an old source is not that of the new one", () => {
    const { incoming, frame } = receiver("audio", ahead, "microphone");
    frame(7, 960, 0.9);
    const loud = incoming.level();
    now += 20;
    frame(6, 5, 0.01);
    const quiet = incoming.level();
    expect(quiet).toBeGreaterThan(0);
    expect(quiet).toBeLessThan(loud);
  });

  it("a browser without RTP timestamps is read by its own", () => {
    const { live, frame } = receiver("video", ahead, "camera");
    frame(7, undefined);
    expect(live()).toBe(true);
    now += 2_000;
    frame(7, undefined);
    expect(live()).toBe(true);
    now += 2_000;
    expect(live()).toBe(true);
    now += 500;
    expect(live()).toBe(false);
  });
});

it("a level asked for long after the last packet is not taken for a new one", () => {
  const { incoming, frame } = receiver("audio", 0, "microphone");
  frame(7, 960, 0.9);
  incoming.poll();
  now += 400;
  expect(incoming.level()).toBe(0);
});

it("a source that the browser forgot and that comes back is live again", () => {
  const { live, frame, forget } = receiver("video", 0, "camera");
  frame(7, 1);
  expect(live()).toBe(true);
  forget(7);
  expect(live()).toBe(false);
  frame(7, 1);
  expect(live()).toBe(true);
});

it("a muted track is not live, whatever is in the list", () => {
  const { live, frame, track } = receiver("video", 0, "camera");
  track.muted = true;
  frame(7, 1);
  expect(live()).toBe(false);
});

it("listeners hear of a change, once, and of the end", () => {
  const { incoming, frame, live } = receiver("video", 0, "camera");
  const heard: boolean[] = [];
  incoming.onChange(() => heard.push(incoming.live()));
  frame(7, 1);
  live();
  live();
  now += 2_500;
  live();
  frame(7, 2);
  live();
  incoming.close();
  expect(heard).toEqual([true, false, true, false]);
});
