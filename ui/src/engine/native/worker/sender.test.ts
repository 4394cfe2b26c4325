import { beforeEach, expect, test } from "vitest";
import { FakeCodecs, FakeFrame, frame } from "../../../../tests/fake-codecs";
import { readHeader } from "../wire";
import type { Content, Size } from "../worker-messages";
import { MIN_KEYFRAME_INTERVAL_MS, Sender } from "./sender";

beforeEach(() => {
  FakeFrame.open = 0;
});

function start(content: Content = "camera", bitrate = 1_000_000, maxSize: Size | null = null) {
  let now = 1_000;
  const codecs = new FakeCodecs();
  const sent: ArrayBuffer[] = [];
  const sink = {
    ready: true,
    backlog: 0,
    send: (message: ArrayBuffer) => {
      if (sink.ready) sent.push(message);
      return sink.ready;
    },
  };
  const warnings: string[] = [];
  const sender = new Sender(
    7,
    content,
    sink,
    codecs,
    () => now,
    (detail) => warnings.push(detail),
    0,
    maxSize,
  );
  sender.setBitrate(bitrate);
  return {
    sender,
    codecs,
    sink,
    warnings,
    sent,
    headers: () => sent.map((message) => readHeader(message)),
    keyframes: () =>
      codecs.encoders.flatMap(({ encoded }) => encoded).filter(({ keyFrame }) => keyFrame).length,
    pass: (milliseconds: number) => {
      now += milliseconds;
    },
    /** `count` frames, 30 a second. */
    capture: (count: number, width = 640, height = 480) => {
      for (let i = 0; i < count; i += 1) {
        sender.onFrame(frame(width, height));
        now += 1_000 / 30;
      }
    },
  };
}

test("frames are sent as VP8, the first as a keyframe, on the 90 kHz clock", () => {
  const { codecs, capture, headers } = start();
  capture(3);
  expect(codecs.encoders[0]?.configs).toMatchObject([
    { codec: "vp8", latencyMode: "realtime", width: 640, height: 480, framerate: 30, bitrate: 1_000_000 },
  ]);
  const got = headers();
  expect(got.map((header) => header?.keyframe)).toEqual([true, false, false]);
  expect(got[0]).toMatchObject({ stream: 7, playoutDelay: 0, width: 640, height: 480, timestamp: 90_000 });
  expect((got[1]?.timestamp ?? 0) - 90_000).toBe(3_000);
});

test("frames above the maximum size are scaled down, with their aspect ratio", () => {
  const { codecs, capture } = start("camera", 4_000_000, { width: 320, height: 180 });
  capture(1, 1280, 720);
  expect(codecs.encoders[0]?.configs.at(-1)).toMatchObject({ width: 320, height: 180 });

  const narrow = start("camera", 4_000_000, { width: 352, height: 288 });
  narrow.capture(1, 640, 480);
  expect(narrow.codecs.encoders[0]?.configs.at(-1)).toMatchObject({ width: 352, height: 264 });

  const small = start("camera", 4_000_000, { width: 1920, height: 1080 });
  small.capture(1, 640, 480);
  expect(small.codecs.encoders[0]?.configs.at(-1)).toMatchObject({ width: 640, height: 480 });
});

test("a 4K screen is sent smaller: motion in fewer pixels, text also in fewer frames", () => {
  const motion = start("motion", 50_000_000);
  motion.capture(1, 3840, 2160);
  expect(motion.codecs.encoders[0]?.configs.at(-1)).toMatchObject({
    width: 1920,
    height: 1080,
    framerate: 30,
  });
  const text = start("text", 50_000_000);
  text.capture(1, 3840, 2160);
  expect(text.codecs.encoders[0]?.configs.at(-1)).toMatchObject({ width: 2560, height: 1440, framerate: 10 });
  const ordinary = start("text", 50_000_000);
  ordinary.capture(1, 1920, 1080);
  expect(ordinary.codecs.encoders[0]?.configs.at(-1)).toMatchObject({
    width: 1920,
    height: 1080,
    framerate: 15,
  });
});

test("a camera that is shown small everywhere is sent small, and large again at once", () => {
  const { sender, codecs, capture, pass } = start("camera", 4_000_000);
  const sent = () => codecs.encoders[0]?.configs.at(-1);
  capture(1, 1280, 720);
  expect(sent()).toMatchObject({ width: 1280, height: 720 });
  for (const [shown, height] of [
    [110, 180],
    [300, 360],
    [900, 720],
    [0, 180],
    [null, 720],
  ] as const) {
    sender.setShownHeight(shown);
    pass(1_000);
    capture(1, 1280, 720);
    expect(sent()).toMatchObject({ height });
  }
});

test("every frame is closed, sent or not", () => {
  const { sender, sink, capture } = start();
  capture(5);
  sink.ready = false;
  capture(5);
  sink.ready = true;
  sink.backlog = 1_000_000;
  capture(5);
  sender.setBitrate(0);
  capture(5);
  expect(FakeFrame.open).toBe(0);
});

test("nothing is encoded at bitrate 0, and the encoder is closed", () => {
  const { sender, codecs, capture } = start("camera", 0);
  capture(3);
  expect(codecs.encoders).toEqual([]);
  sender.setBitrate(500_000);
  capture(1);
  sender.setBitrate(0);
  expect(codecs.encoders[0]?.state).toBe("closed");
  capture(1);
  sender.setBitrate(500_000);
  capture(2);
  expect(codecs.encoders).toHaveLength(2);
  expect(codecs.encoders[1]?.encoded.map(({ keyFrame }) => keyFrame)).toEqual([true, false]);
});

test("many keyframe requests are rate-limited", () => {
  const { sender, capture, keyframes } = start();
  for (let i = 0; i < 60; i += 1) {
    sender.requestKeyframe();
    capture(1);
  }
  const seconds = 60 / 30;
  expect(keyframes()).toBeLessThanOrEqual(1 + (seconds * 1_000) / MIN_KEYFRAME_INTERVAL_MS);
  expect(keyframes()).toBeGreaterThan(3);
});

test("a keyframe request too soon after a keyframe is delayed, not dropped", () => {
  const { sender, capture, keyframes } = start();
  capture(1);
  sender.requestKeyframe();
  capture(1);
  expect(keyframes()).toBe(1);
  capture(10);
  expect(keyframes()).toBe(2);
});

test("frames are dropped while the encoder or the socket is behind", () => {
  const { codecs, sink, capture } = start();
  codecs.prepare.encoder = (made) => {
    made.prompt = false;
  };
  capture(10);
  expect(codecs.encoders[0]?.encoded).toHaveLength(3);
  for (const { timestamp } of codecs.encoders[0]?.encoded ?? []) codecs.encoders[0]?.emit(timestamp, false);
  sink.backlog = 20_000;
  capture(3);
  expect(codecs.encoders[0]?.encoded).toHaveLength(3);
  sink.backlog = 0;
  capture(1);
  expect(codecs.encoders[0]?.encoded).toHaveLength(4);
});

test("frames dropped by the encoder time out", () => {
  const { codecs, pass, capture } = start();
  codecs.prepare.encoder = (made) => {
    made.prompt = false;
  };
  capture(5);
  pass(2_000);
  capture(1);
  expect(codecs.encoders[0]?.encoded).toHaveLength(4);
});

test("three consecutive frames dropped by the encoder delay the video only briefly", () => {
  const { codecs, capture } = start();
  capture(30);
  const [encoder] = codecs.encoders;
  if (!encoder) throw new Error("no encoder");
  encoder.prompt = false;
  capture(3);
  encoder.prompt = true;
  capture(5);
  expect(encoder.encoded.length).toBeGreaterThan(33);
});

test("a slow encoder does not get more frames than the limit in flight", () => {
  const { codecs, capture } = start();
  codecs.prepare.encoder = (made) => {
    made.prompt = false;
  };
  let out = 0;
  for (let i = 0; i < 100; i += 1) {
    capture(6);
    const next = codecs.encoders[0]?.encoded[out];
    if (next) codecs.encoders[0]?.emit(next.timestamp, out === 0);
    out += 1;
    expect((codecs.encoders[0]?.encoded.length ?? 0) - out).toBeLessThanOrEqual(3);
  }
});

test("a new size reconfigures the encoder with a keyframe, and odd sizes are made even", () => {
  const { codecs, capture, headers } = start();
  capture(15);
  capture(2, 321, 241);
  expect(codecs.encoders[0]?.configs.at(-1)).toMatchObject({ width: 320, height: 240 });
  expect(headers().at(-2)).toMatchObject({ keyframe: true, width: 320, height: 240 });
  expect(headers().at(-1)).toMatchObject({ keyframe: false });
});

test("a window being resized does not cause a keyframe for each size", () => {
  const { capture, keyframes } = start("motion", 3_000_000);
  for (let side = 400; side < 700; side += 10) capture(1, side, side);
  expect(keyframes()).toBeLessThanOrEqual(5);
});

test("only larger bitrate changes reconfigure the encoder", () => {
  const { sender, codecs, capture } = start();
  capture(10);
  sender.setBitrate(1_020_000);
  capture(10);
  expect(codecs.encoders[0]?.configs).toHaveLength(1);
  sender.setBitrate(700_000);
  capture(1);
  expect(codecs.encoders[0]?.configs.at(-1)).toMatchObject({ width: 640, bitrate: 700_000 });
  expect(codecs.encoders[0]?.encoded.at(-1)?.keyFrame).toBe(false);
});

test("a failed encoder is replaced, with backoff if it keeps failing", () => {
  const { codecs, warnings, capture } = start();
  capture(1);
  codecs.encoders[0]?.fail("gone");
  capture(1);
  expect(codecs.encoders).toHaveLength(2);
  expect(codecs.encoders[1]?.encoded).toMatchObject([{ keyFrame: true }]);
  codecs.prepare.encoder = (made) => {
    made.refuse = new Error("no");
  };
  codecs.encoders[1]?.fail("gone");
  const before = codecs.encoders.length;
  capture(300);
  expect(codecs.encoders.length - before).toBeLessThan(10);
  expect(warnings.length).toBeLessThan(12);
  expect(FakeFrame.open).toBe(0);
});

test("a still screen is repeated, and sent at once on a keyframe request", () => {
  const { sender, codecs, pass, capture } = start("text", 2_000_000);
  capture(1);
  const tick = (times: number) => {
    for (let i = 0; i < times; i += 1) {
      pass(100);
      sender.tick();
    }
  };
  tick(5);
  expect(codecs.encoders[0]?.encoded).toHaveLength(1);
  sender.requestKeyframe();
  tick(1);
  expect(codecs.encoders[0]?.encoded.at(-1)?.keyFrame).toBe(true);
  tick(30);
  expect(codecs.encoders[0]?.encoded.length).toBeGreaterThanOrEqual(4);
  sender.close();
  expect(FakeFrame.open).toBe(0);
});

test("a still screen is sent when it first gets a bitrate", () => {
  const { sender, codecs, capture } = start("text", 0);
  capture(1);
  expect(FakeFrame.open).toBe(1);
  sender.tick();
  expect(codecs.encoders).toEqual([]);
  sender.setBitrate(1_000_000);
  sender.tick();
  expect(codecs.encoders[0]?.encoded).toMatchObject([{ keyFrame: true }]);
  sender.close();
  expect(FakeFrame.open).toBe(0);
});

test("the last frame before a screen is still is not lost to the frame rate limit", () => {
  const { sender, codecs, pass, capture } = start("text", 2_000_000);
  capture(2); // The second is too early for 15 frames per second.
  expect(codecs.encoders[0]?.encoded).toHaveLength(1);
  pass(100);
  sender.tick();
  expect(codecs.encoders[0]?.encoded).toHaveLength(2);
});

test("the frame rate is limited evenly", () => {
  const { codecs, capture } = start("text", 2_000_000);
  capture(60);
  const encoded = codecs.encoders[0]?.encoded ?? [];
  expect(encoded.length).toBeGreaterThanOrEqual(29);
  expect(encoded.length).toBeLessThanOrEqual(31);
});

test("a frame lost by the socket is followed by a keyframe", () => {
  const { codecs, sink, capture, keyframes } = start();
  codecs.prepare.encoder = (made) => {
    made.prompt = false;
  };
  capture(1);
  const [encoder] = codecs.encoders;
  if (!encoder) throw new Error("no encoder");
  sink.ready = false;
  encoder.emit(1_000_000, true);
  sink.ready = true;
  encoder.prompt = true;
  capture(15);
  expect(keyframes()).toBe(2);
});

test("statistics cover the encoded frames", () => {
  const { sender, capture } = start();
  capture(30);
  expect(sender.stats()).toMatchObject({ stream: 7, width: 640, height: 480, frames: 30, codecTime: 0 });
  expect(sender.stats()).toMatchObject({ framesPerSecond: 0, frames: 30, codecTime: null });
});

test("CPU overuse reduces the size", () => {
  const { sender, codecs, pass } = start("camera", 2_000_000);
  for (let index = 0; index < 300; index += 1) {
    sender.onFrame(frame(1_280, 720));
    const [encoder] = codecs.encoders;
    if (!encoder) throw new Error("no encoder");
    encoder.prompt = false;
    pass(35);
    const last = encoder.encoded.at(-1);
    // The encoder is slow at large sizes.
    const slow = (encoder.configs.at(-1)?.width ?? 0) > 800;
    if (slow) pass(35);
    if (last) encoder.emit(last.timestamp, last.keyFrame);
  }
  expect(codecs.encoders[0]?.configs.at(-1)?.width).toBeLessThanOrEqual(800);
});
