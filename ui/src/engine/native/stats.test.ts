import { expect, test } from "vitest";
import type { NativeStats } from "./bridge";
import { StatsSampler } from "./stats";

const native = (patch: Partial<NativeStats> = {}): NativeStats => ({
  roundTrip: 20,
  lost: 0,
  expected: 100,
  jitter: 4,
  sent: 1_000,
  received: 2_000,
  bandwidth: 800_000,
  localCandidate: "host udp",
  remoteCandidate: "relay udp",
  media: [],
  ...patch,
});

test("rates and loss cover the time since the last call", () => {
  const sampler = new StatsSampler();
  expect(sampler.summarise(native(), 1_000, () => null)).toMatchObject({
    sentBitrate: 0,
    receivedBitrate: 0,
    loss: 0,
    roundTrip: 20,
    jitter: 4,
  });
  const second = native({ sent: 26_000, received: 52_000, lost: 10, expected: 200 });
  expect(sampler.summarise(second, 3_000, () => null)).toMatchObject({
    sentBitrate: 100_000,
    receivedBitrate: 200_000,
    loss: 0.1,
    localCandidate: "host udp",
  });
  expect(sampler.summarise(second, 4_000, () => null)).toMatchObject({ loss: null, sentBitrate: 0 });
});

test("counters that were reset give no negative rates", () => {
  const sampler = new StatsSampler();
  sampler.summarise(native({ sent: 9_000, lost: 50, expected: 900 }), 1_000, () => null);
  expect(sampler.summarise(native({ lost: 1, expected: 10 }), 2_000, () => null)).toMatchObject({
    sentBitrate: 0,
    loss: 0.1,
  });
});

test("the worker supplies size, frame rate and codec times of video", () => {
  const common = { frames: 300, packets: 900, concealed: null, delay: null };
  const stats = native({
    media: [
      { ...common, direction: "sent", source: "camera", stream: 1, codec: "video/VP8" },
      { ...common, direction: "received", source: "camera", stream: 2 ** 31, codec: "video/VP8" },
      {
        ...common,
        direction: "received",
        source: "microphone",
        stream: 2 ** 31 + 1,
        codec: "audio/opus",
        concealed: 960,
        delay: 60,
      },
    ],
  });
  const video = { width: 640, height: 480, framesPerSecond: 29.5, frames: 290, codecTime: 3 };
  expect(new StatsSampler().summarise(stats, 0, (stream) => ({ stream, ...video })).media).toEqual([
    expect.objectContaining({
      direction: "sent",
      width: 640,
      framesPerSecond: 29.5,
      frames: 300,
      encodeTime: 3,
      decodeTime: null,
    }),
    expect.objectContaining({ direction: "received", height: 480, frames: 290, decodeTime: 3 }),
    expect.objectContaining({
      source: "microphone",
      width: null,
      frames: null,
      concealed: 960,
      bufferDelay: 60,
    }),
  ]);
});

test("concealed samples are a share of the samples played", () => {
  const audio = (concealed: number) =>
    native({
      media: [
        {
          direction: "received",
          source: "microphone",
          stream: 2 ** 31,
          codec: "audio/opus",
          frames: 1,
          packets: 1,
          concealed,
          delay: 60,
        },
      ],
    });
  const sampler = new StatsSampler();
  expect(sampler.summarise(audio(0), 0, () => null).media[0]?.concealedShare).toBeNull();
  expect(sampler.summarise(audio(4_800), 1_000, () => null).media[0]?.concealedShare).toBe(0.1);
});

test("a closed link has empty statistics", () => {
  expect(new StatsSampler().summarise(null, 0, () => null)).toMatchObject({
    roundTrip: null,
    loss: null,
    media: [],
  });
});
