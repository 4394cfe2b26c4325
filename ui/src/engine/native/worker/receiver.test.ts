import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FakeCodecs, FakeFrame, frame } from "../../../../tests/fake-codecs";
import { MAX_IN_FLIGHT, Receiver } from "./receiver";

beforeEach(() => {
  vi.useFakeTimers();
  FakeFrame.open = 0;
});
afterEach(() => {
  vi.useRealTimers();
});

function start(source: "camera" | "screen" = "camera") {
  const codecs = new FakeCodecs();
  const shown: number[] = [];
  const events = { requested: 0, live: [] as boolean[], warnings: [] as string[] };
  const sink = {
    show: (picture: VideoFrame) => {
      shown.push(Math.round(picture.timestamp / 1_000));
      picture.close();
    },
    close: () => {},
  };
  const receiver = new Receiver(2 ** 31, source, sink, codecs, () => Date.now(), {
    requestKeyframe: () => {
      events.requested += 1;
    },
    live: (live) => events.live.push(live),
    warning: (detail) => events.warnings.push(detail),
  });
  let timestamp = 2 ** 32 - 9_000;
  return {
    receiver,
    codecs,
    shown,
    events,
    arrive: (keyframe: boolean, playoutDelay = 0) => {
      timestamp = (timestamp + 3_000) % 2 ** 32;
      receiver.onFrame(
        { stream: 2 ** 31, keyframe, playoutDelay, timestamp, width: 0, height: 0 },
        new Uint8Array(1),
      );
    },
  };
}

test("frames are shown in order, across a timestamp wrap", () => {
  const { arrive, shown } = start();
  arrive(true);
  for (let i = 0; i < 5; i += 1) arrive(false);
  expect(shown).toEqual([0, 33, 67, 100, 133, 167]);
});

test("without a keyframe nothing is decoded, and requests for one are rate-limited", () => {
  const { arrive, codecs, events } = start();
  for (let i = 0; i < 30; i += 1) {
    arrive(false);
    vi.advanceTimersByTime(33);
  }
  expect(codecs.decoders).toEqual([]);
  expect(events.requested).toBe(2);
  arrive(true);
  arrive(false);
  expect(codecs.decoders[0]?.decoded).toHaveLength(2);
});

test("frames are delayed for lip sync, and a shrinking delay keeps their order", () => {
  const { arrive, shown, receiver } = start();
  arrive(true, 100);
  vi.advanceTimersByTime(33);
  arrive(false, 100);
  expect(shown).toEqual([]);
  vi.advanceTimersByTime(67);
  expect(shown).toEqual([0]);
  arrive(false, 10);
  vi.advanceTimersByTime(10);
  expect(shown).toEqual([0, 33, 67]);
  arrive(false, 60_000);
  vi.advanceTimersByTime(1_000);
  expect(shown).toHaveLength(4);
  for (let i = 0; i < 40; i += 1) arrive(false, 900);
  expect(FakeFrame.open).toBeLessThanOrEqual(30);
  receiver.close();
  expect(FakeFrame.open).toBe(0);
});

test("a decoder that is far behind skips to the next keyframe", () => {
  const { arrive, codecs, events } = start();
  codecs.prepare.decoder = (made) => {
    made.prompt = false;
  };
  arrive(true);
  for (let i = 0; i < MAX_IN_FLIGHT + 20; i += 1) arrive(false);
  const [decoder] = codecs.decoders;
  expect(decoder?.decoded).toHaveLength(MAX_IN_FLIGHT + 1);
  expect(events.requested).toBe(1);
  arrive(true);
  expect(codecs.decoders).toHaveLength(2);
  expect(decoder?.state).toBe("closed");
  expect(codecs.decoders[1]?.decoded).toHaveLength(1);
});

test("a failed decoder is replaced at the next keyframe, with backoff if it keeps failing", () => {
  const { arrive, codecs, events } = start();
  arrive(true);
  codecs.decoders[0]?.fail("broken");
  expect(events.requested).toBe(1);
  arrive(false);
  expect(codecs.decoders).toHaveLength(1);
  codecs.prepare.decoder = (made) => {
    made.prompt = false;
  };
  for (let i = 0; i < 100; i += 1) {
    arrive(true);
    const last = codecs.decoders.at(-1);
    if (last?.state === "configured") last.fail("broken");
    vi.advanceTimersByTime(100);
  }
  expect(codecs.decoders.length).toBeLessThan(10);
});

test("output of a replaced decoder is closed, not shown", () => {
  const { arrive, codecs, shown } = start();
  codecs.prepare.decoder = (made) => {
    made.prompt = false;
  };
  arrive(true);
  const [old] = codecs.decoders;
  old?.fail("broken");
  old?.init.output(frame());
  expect(shown).toEqual([]);
  expect(FakeFrame.open).toBe(0);
});

test("a stream is live while frames arrive, and a screen for longer than a camera after the last", () => {
  for (const [source, timeout] of [
    ["camera", 2_500],
    ["screen", 10_000],
  ] as const) {
    const { arrive, receiver, events } = start(source);
    receiver.tick();
    expect(events.live).toEqual([]);
    arrive(true);
    vi.advanceTimersByTime(timeout - 1);
    receiver.tick();
    expect(events.live).toEqual([true]);
    vi.advanceTimersByTime(1);
    receiver.tick();
    expect(events.live).toEqual([true, false]);
    arrive(false);
    expect(events.live).toEqual([true, false, true]);
  }
});

test("after lost frames decoding continues from a keyframe", () => {
  const { arrive, receiver, codecs, events } = start();
  arrive(true);
  receiver.onFramesLost();
  expect(events.requested).toBe(1);
  arrive(false);
  expect(codecs.decoders[0]?.decoded).toHaveLength(1);
  arrive(true);
  expect(codecs.decoders[0]?.decoded).toHaveLength(2);
});
