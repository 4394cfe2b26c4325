import { beforeEach, expect, test } from "vitest";
import { FakeCodecs, FakeFrame, frame } from "../../../tests/fake-codecs";
import type { Content, Size } from "./ladder";
import { KEYFRAME_EVERY_MS, Sender } from "./sender";
import { readHeader } from "./wire";

beforeEach(() => {
  FakeFrame.open = 0;
});

function start(content: Content = "camera", bitrate = 1_000_000, limit: Size | null = null) {
  let now = 1_000;
  const codecs = new FakeCodecs();
  const sent: ArrayBuffer[] = [];
  const outlet = {
    ready: true,
    backlog: 0,
    send: (message: ArrayBuffer) => {
      if (outlet.ready) sent.push(message);
      return outlet.ready;
    },
  };
  const troubles: string[] = [];
  const sender = new Sender(
    7,
    content,
    outlet,
    codecs,
    () => now,
    (detail) => troubles.push(detail),
    0,
    limit,
  );
  sender.setBitrate(bitrate);
  return {
    sender,
    codecs,
    outlet,
    troubles,
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
        sender.frame(frame(width, height));
        now += 1_000 / 30;
      }
    },
  };
}

test("frames go out in VP8, the first as a keyframe, on the 90 kHz clock", () => {
  const { codecs, capture, headers } = start();
  capture(3);
  expect(codecs.encoders[0]?.configs).toMatchObject([
    { codec: "vp8", latencyMode: "realtime", width: 640, height: 480, framerate: 30, bitrate: 1_000_000 },
  ]);
  const got = headers();
  expect(got.map((header) => header?.keyframe)).toEqual([true, false, false]);
  expect(got[0]).toMatchObject({ stream: 7, hold: 0, width: 640, height: 480, timestamp: 90_000 });
  expect((got[1]?.timestamp ?? 0) - 90_000).toBe(3_000);
});

test("what is larger than was asked for is sent smaller, in its own shape", () => {
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

test("every frame is closed, whatever becomes of it", () => {
  const { sender, outlet, capture } = start();
  capture(5);
  outlet.ready = false;
  capture(5);
  outlet.ready = true;
  outlet.backlog = 1_000_000;
  capture(5);
  sender.setBitrate(0);
  capture(5);
  expect(FakeFrame.open).toBe(0);
});

test("nothing is encoded for nobody, and the encoder is let go", () => {
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

test("a storm of requests gets a keyframe now and then", () => {
  const { sender, capture, keyframes } = start();
  for (let i = 0; i < 60; i += 1) {
    sender.requestKeyframe();
    capture(1);
  }
  const seconds = 60 / 30;
  expect(keyframes()).toBeLessThanOrEqual(1 + (seconds * 1_000) / KEYFRAME_EVERY_MS);
  expect(keyframes()).toBeGreaterThan(3);
});

test("a request too soon after a keyframe is answered later, not forgotten", () => {
  const { sender, capture, keyframes } = start();
  capture(1);
  sender.requestKeyframe();
  capture(1);
  expect(keyframes()).toBe(1);
  capture(10);
  expect(keyframes()).toBe(2);
});

test("frames are skipped while the encoder or the socket is behind", () => {
  const { codecs, outlet, capture } = start();
  codecs.prepare.encoder = (made) => {
    made.prompt = false;
  };
  capture(10);
  expect(codecs.encoders[0]?.encoded).toHaveLength(3);
  for (const { timestamp } of codecs.encoders[0]?.encoded ?? []) codecs.encoders[0]?.emit(timestamp, false);
  outlet.backlog = 20_000;
  capture(3);
  expect(codecs.encoders[0]?.encoded).toHaveLength(3);
  outlet.backlog = 0;
  capture(1);
  expect(codecs.encoders[0]?.encoded).toHaveLength(4);
});

test("frames the encoder dropped do not count as inside for ever", () => {
  const { codecs, pass, capture } = start();
  codecs.prepare.encoder = (made) => {
    made.prompt = false;
  };
  capture(5);
  pass(2_000);
  capture(1);
  expect(codecs.encoders[0]?.encoded).toHaveLength(4);
});

test("three frames in a row the encoder dropped hold the picture up for no longer than an eye notices", () => {
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

test("a slow encoder is waited for, not given ever more frames", () => {
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

test("another size is another configuration and a keyframe, odd sides are made even", () => {
  const { codecs, capture, headers } = start();
  capture(15);
  capture(2, 321, 241);
  expect(codecs.encoders[0]?.configs.at(-1)).toMatchObject({ width: 320, height: 240 });
  expect(headers().at(-2)).toMatchObject({ keyframe: true, width: 320, height: 240 });
  expect(headers().at(-1)).toMatchObject({ keyframe: false });
});

test("a window that is dragged larger does not send a keyframe for each size", () => {
  const { capture, keyframes } = start("motion", 3_000_000);
  for (let side = 400; side < 700; side += 10) capture(1, side, side);
  expect(keyframes()).toBeLessThanOrEqual(5);
});

test("small changes of the bitrate are not passed on, larger ones are", () => {
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

test("an encoder that fails is replaced, and one that keeps failing is not tried at frame rate", () => {
  const { codecs, troubles, capture } = start();
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
  expect(troubles.length).toBeLessThan(12);
  expect(FakeFrame.open).toBe(0);
});

test("a still screen is repeated, and shown at once to who comes late", () => {
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

test("a screen that stood still before anybody took it is shown to the first who does", () => {
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

test("the last picture before a screen stands still is not lost to the frame rate", () => {
  const { sender, codecs, pass, capture } = start("text", 2_000_000);
  capture(2); // The second comes too soon for 15 a second.
  expect(codecs.encoders[0]?.encoded).toHaveLength(1);
  pass(100);
  sender.tick();
  expect(codecs.encoders[0]?.encoded).toHaveLength(2);
});

test("frame rates are thinned out evenly", () => {
  const { codecs, capture } = start("text", 2_000_000);
  capture(60);
  const encoded = codecs.encoders[0]?.encoded ?? [];
  expect(encoded.length).toBeGreaterThanOrEqual(29);
  expect(encoded.length).toBeLessThanOrEqual(31);
});

test("a frame that the socket lost is followed by a keyframe", () => {
  const { codecs, outlet, capture, keyframes } = start();
  codecs.prepare.encoder = (made) => {
    made.prompt = false;
  };
  capture(1);
  const [encoder] = codecs.encoders;
  if (!encoder) throw new Error("no encoder");
  outlet.ready = false;
  encoder.emit(1_000_000, true);
  outlet.ready = true;
  encoder.prompt = true;
  capture(15);
  expect(keyframes()).toBe(2);
});

test("stats tell what was encoded", () => {
  const { sender, capture } = start();
  capture(30);
  expect(sender.stats()).toMatchObject({ stream: 7, width: 640, height: 480, frames: 30, codecTime: 0 });
  expect(sender.stats()).toMatchObject({ framesPerSecond: 0, frames: 30, codecTime: null });
});

test("a processor that cannot keep up gets a smaller picture", () => {
  const { sender, codecs, pass } = start("camera", 2_000_000);
  for (let index = 0; index < 300; index += 1) {
    sender.frame(frame(1_280, 720));
    const [encoder] = codecs.encoders;
    if (!encoder) throw new Error("no encoder");
    encoder.prompt = false;
    pass(35);
    const last = encoder.encoded.at(-1);
    // As fast as there are few pixels.
    const slow = (encoder.configs.at(-1)?.width ?? 0) > 800;
    if (slow) pass(35);
    if (last) encoder.emit(last.timestamp, last.keyFrame);
  }
  expect(codecs.encoders[0]?.configs.at(-1)?.width).toBeLessThanOrEqual(800);
});
