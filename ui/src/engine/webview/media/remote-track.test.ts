import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Source } from "../../types";
import type { WebviewAudio } from "./audio";
import { WebviewRemoteTrack } from "./remote-track";
import type { SourceEntry } from "./ssrc-activity";

/** Milliseconds on the page's own clock. */
let now: number;

beforeEach(() => {
  now = 5_000;
  vi.spyOn(performance, "now").mockImplementation(() => now);
});
afterEach(() => vi.restoreAllMocks());

/** The offset of a source's `timestamp` to `performance.now()` in different browsers. */
const CLOCKS = {
  "from the epoch": performance.timeOrigin,
  "from the start of the machine": 86_400_000,
  "from the start of the page": 0,
};

/** A receiver whose sources are those of the frames given to it. */
function receiver(kind: "audio" | "video", ahead: number, source: Source) {
  const list = new Map<number, SourceEntry>();
  const track = { kind, readyState: "live", muted: false };
  const stopped = vi.fn();
  const audio = { play: () => stopped } as unknown as WebviewAudio;
  const remote = new WebviewRemoteTrack(
    source,
    { track, getSynchronizationSources: () => [...list.values()] } as unknown as RTCRtpReceiver,
    audio,
  );
  return {
    track,
    stopped,
    remote,
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
      remote.poll();
      return remote.live();
    },
  };
}

describe.each(Object.entries(CLOCKS))("with source timestamps counted %s", (_, ahead) => {
  it("a camera is live while frames arrive, stops being so, and becomes so again", () => {
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

  it("an old source that stays in the list is neither live nor hides the new one", () => {
    const { live, frame } = receiver("video", ahead, "camera");
    frame(7, 1);
    expect(live()).toBe(true);
    now += 2_500;
    expect(live()).toBe(false);
    for (let sent = 0; sent < 10; sent++) {
      // RTP timestamps start at random: here far below those of the old source.
      frame(6, sent);
      now += 400;
      expect(live()).toBe(true);
    }
    now += 2_500;
    expect(live()).toBe(false);
  });

  it("the level is that of the last packet, and valid for 300 ms", () => {
    const { remote, frame } = receiver("audio", ahead, "microphone");
    expect(remote.level()).toBe(0);
    frame(7, 960, 0.01);
    const quiet = remote.level();
    expect(quiet).toBeGreaterThan(0);
    now += 20;
    frame(7, 1_920, 0.5);
    expect(remote.level()).toBeGreaterThan(quiet);
    now += 300;
    expect(remote.level()).toBeGreaterThan(quiet);
    now += 1;
    expect(remote.level()).toBe(0);
  });

  it("the level is that of the newest source", () => {
    const { remote, frame } = receiver("audio", ahead, "microphone");
    frame(7, 960, 0.9);
    const loud = remote.level();
    now += 20;
    frame(6, 5, 0.01);
    const quiet = remote.level();
    expect(quiet).toBeGreaterThan(0);
    expect(quiet).toBeLessThan(loud);
  });

  it("without RTP timestamps the source's own timestamp is used", () => {
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

it("a level read long after the last packet is 0", () => {
  const { remote, frame } = receiver("audio", 0, "microphone");
  frame(7, 960, 0.9);
  remote.poll();
  now += 400;
  expect(remote.level()).toBe(0);
});

it("a source that the browser dropped is live again when it returns", () => {
  const { live, frame, forget } = receiver("video", 0, "camera");
  frame(7, 1);
  expect(live()).toBe(true);
  forget(7);
  expect(live()).toBe(false);
  frame(7, 1);
  expect(live()).toBe(true);
});

it("a muted track is not live, whatever its sources are", () => {
  const { live, frame, track } = receiver("video", 0, "camera");
  track.muted = true;
  frame(7, 1);
  expect(live()).toBe(false);
});

it("listeners are called once per change, and when the track is closed", () => {
  const { remote, frame, live } = receiver("video", 0, "camera");
  const changes: boolean[] = [];
  remote.onChange(() => changes.push(remote.live()));
  frame(7, 1);
  live();
  live();
  now += 2_500;
  live();
  frame(7, 2);
  live();
  remote.close();
  expect(changes).toEqual([true, false, true, false]);
});

it("audio is played until the track is closed, video is not", () => {
  const audio = receiver("audio", 0, "microphone");
  audio.remote.close();
  expect(audio.stopped).toHaveBeenCalledTimes(1);
  audio.remote.close();
  expect(audio.stopped).toHaveBeenCalledTimes(1);
  const video = receiver("video", 0, "camera");
  video.remote.close();
  expect(video.stopped).not.toHaveBeenCalled();
  expect(video.remote.level()).toBe(0);
});
