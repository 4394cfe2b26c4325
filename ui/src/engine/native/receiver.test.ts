import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FakeCodecs, FakeFrame, frame } from "../../../tests/fake-codecs";
import { MAX_LATE, Receiver } from "./receiver";

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
  const events = { asked: 0, live: [] as boolean[], troubles: [] as string[] };
  const display = {
    show: (picture: VideoFrame) => {
      shown.push(Math.round(picture.timestamp / 1_000));
      picture.close();
    },
    close: () => {},
  };
  const receiver = new Receiver(2 ** 31, source, display, codecs, () => Date.now(), {
    askForKeyframe: () => {
      events.asked += 1;
    },
    live: (live) => events.live.push(live),
    trouble: (detail) => events.troubles.push(detail),
  });
  let timestamp = 2 ** 32 - 9_000;
  return {
    receiver,
    codecs,
    shown,
    events,
    arrive: (keyframe: boolean, hold = 0) => {
      timestamp = (timestamp + 3_000) % 2 ** 32;
      receiver.frame({ stream: 2 ** 31, keyframe, hold, timestamp, width: 0, height: 0 }, new Uint8Array(1));
    },
  };
}

test("pictures come out in order, across the wrap of the clock", () => {
  const { arrive, shown } = start();
  arrive(true);
  for (let i = 0; i < 5; i += 1) arrive(false);
  expect(shown).toEqual([0, 33, 67, 100, 133, 167]);
});

test("without a keyframe nothing is decoded, and one is asked for, not with every frame", () => {
  const { arrive, codecs, events } = start();
  for (let i = 0; i < 30; i += 1) {
    arrive(false);
    vi.advanceTimersByTime(33);
  }
  expect(codecs.decoders).toEqual([]);
  expect(events.asked).toBe(2);
  arrive(true);
  arrive(false);
  expect(codecs.decoders[0]?.decoded).toHaveLength(2);
});

test("pictures wait for the voice, and those that waited longer come along", () => {
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
  for (let i = 0; i < MAX_LATE + 20; i += 1) arrive(false);
  const [decoder] = codecs.decoders;
  expect(decoder?.decoded).toHaveLength(MAX_LATE + 1);
  expect(events.asked).toBe(1);
  arrive(true);
  expect(codecs.decoders).toHaveLength(2);
  expect(decoder?.state).toBe("closed");
  expect(codecs.decoders[1]?.decoded).toHaveLength(1);
});

test("a decoder that fails is replaced at the next keyframe, and not for ever at that rate", () => {
  const { arrive, codecs, events } = start();
  arrive(true);
  codecs.decoders[0]?.fail("broken");
  expect(events.asked).toBe(1);
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

test("what an old decoder still gives is closed, not shown", () => {
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

test("live while frames arrive: a camera for moments, a still screen for longer", () => {
  for (const [source, patience] of [
    ["camera", 2_500],
    ["screen", 10_000],
  ] as const) {
    const { arrive, receiver, events } = start(source);
    receiver.tick();
    expect(events.live).toEqual([]);
    arrive(true);
    vi.advanceTimersByTime(patience - 1);
    receiver.tick();
    expect(events.live).toEqual([true]);
    vi.advanceTimersByTime(1);
    receiver.tick();
    expect(events.live).toEqual([true, false]);
    arrive(false);
    expect(events.live).toEqual([true, false, true]);
  }
});

test("after a lost socket it goes on from a keyframe", () => {
  const { arrive, receiver, codecs, events } = start();
  arrive(true);
  receiver.interrupted();
  expect(events.asked).toBe(1);
  arrive(false);
  expect(codecs.decoders[0]?.decoded).toHaveLength(1);
  arrive(true);
  expect(codecs.decoders[0]?.decoded).toHaveLength(2);
});
