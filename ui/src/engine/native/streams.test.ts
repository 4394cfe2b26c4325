import { beforeEach, expect, test, vi } from "vitest";
import { FakeCodecs, FakeFrame, frame } from "../../../tests/fake-codecs";
import type { FrameAccess } from "./codecs";
import type { MediaSocket, SocketEvents } from "./socket";
import { Streams } from "./streams";
import type { FromVideoWorker } from "./worker-messages";

const REMOTE = 2 ** 31;

beforeEach(() => {
  FakeFrame.open = 0;
});

class FakeTrack {
  stopped = false;
  /** Where frames of this track go, while somebody reads them. */
  feed: ReadableStreamDefaultController<VideoFrame> | null = null;
  readers = 0;

  stop(): void {
    this.stopped = true;
  }
}

function start(pageOnly = false) {
  let now = 0;
  const codecs = new FakeCodecs();
  const told: FromVideoWorker[] = [];
  const socket = { ready: true, backlog: 0, sent: 0, asked: [] as number[] };
  const written: VideoFrame[] = [];
  let events: SocketEvents | null = null;
  const access: FrameAccess = {
    MediaStreamTrackProcessor: class {
      readonly readable: ReadableStream<VideoFrame>;
      constructor({ track }: { track: MediaStreamTrack }) {
        const fake = track as unknown as FakeTrack;
        fake.readers += 1;
        this.readable = new ReadableStream<VideoFrame>({
          start: (controller) => {
            fake.feed = controller;
          },
          cancel: () => {
            fake.feed = null;
          },
        });
      }
    },
    VideoTrackGenerator: class {
      readonly track = new FakeTrack() as unknown as MediaStreamTrack;
      readonly writable = new WritableStream<VideoFrame>({
        write: (picture) => {
          written.push(picture);
          picture.close();
        },
      });
    },
  };
  const streams = new Streams(
    pageOnly ? {} : access,
    codecs,
    () => now,
    (_url, _token, given) => {
      events = given;
      return {
        get ready() {
          return socket.ready;
        },
        get backlog() {
          return socket.backlog;
        },
        send: () => {
          socket.sent += 1;
          return true;
        },
        askForKeyframe: (stream: number) => socket.asked.push(stream),
        close: () => {},
      } as unknown as MediaSocket;
    },
    (message) => told.push(message),
  );
  streams.hear({ type: "connect", url: "ws://127.0.0.1:1/", token: "t" });
  return {
    streams,
    codecs,
    told,
    socket,
    written,
    shell: () => events as SocketEvents,
    pass: (milliseconds: number) => {
      now += milliseconds;
    },
  };
}

const send = (streams: Streams, stream: number) => {
  const track = new FakeTrack();
  streams.hear({
    type: "send",
    stream,
    content: "camera",
    track: track as unknown as MediaStreamTrack,
    limit: null,
  });
  return track;
};

const arrive = (shell: SocketEvents, keyframe: boolean, timestamp: number) =>
  shell.frame({ stream: REMOTE, keyframe, hold: 0, timestamp, width: 0, height: 0 }, new Uint8Array(1));

test("a track is read only while the shell wants it", async () => {
  const { streams, codecs, socket, shell } = start();
  const track = send(streams, 1);
  expect(track.readers).toBe(0);
  shell().control({ type: "encode", stream: 1, bitrate: 500_000 });
  expect(track.readers).toBe(1);
  track.feed?.enqueue(frame());
  await vi.waitFor(() => expect(socket.sent).toBe(1));
  shell().control({ type: "encode", stream: 1, bitrate: 0 });
  await vi.waitFor(() => expect(track.feed).toBeNull());
  expect(codecs.encoders[0]?.state).toBe("closed");
  shell().control({ type: "encode", stream: 1, bitrate: 500_000 });
  expect(track.readers).toBe(2);
  streams.hear({ type: "end-send", stream: 1 });
  expect(track.stopped).toBe(true);
  expect(FakeFrame.open).toBe(0);
});

test("a stream that is sent again at once goes on as the shell last wanted it", () => {
  const { streams, shell } = start();
  send(streams, 1);
  shell().control({ type: "encode", stream: 1, bitrate: 500_000 });
  streams.hear({ type: "end-send", stream: 1 });
  // The shell sees one link go and another come, wants the same, and does not repeat itself.
  expect(send(streams, 1).readers).toBe(1);
});

test("a screen is read before anybody takes it: it may not change again", () => {
  const { streams } = start();
  const track = new FakeTrack();
  streams.hear({
    type: "send",
    stream: 1,
    content: "text",
    track: track as unknown as MediaStreamTrack,
    limit: null,
  });
  expect(track.readers).toBe(1);
});

test("a screen whose frames have no size is left to the page", async () => {
  const { streams, codecs, told, shell } = start();
  const track = new FakeTrack();
  streams.hear({
    type: "send",
    stream: 1,
    content: "text",
    track: track as unknown as MediaStreamTrack,
    limit: null,
  });
  shell().control({ type: "encode", stream: 1, bitrate: 500_000 });
  track.feed?.enqueue(frame(0, 0));
  await vi.waitFor(() => expect(track.stopped).toBe(true));
  await vi.waitFor(() => expect(FakeFrame.open).toBe(0));
  expect(told.filter(({ type }) => type === "sizeless")).toEqual([{ type: "sizeless", stream: 1 }]);
  expect(codecs.encoders).toEqual([]);
  // The page sends it again, and the shell's wish still holds.
  streams.hear({ type: "send", stream: 1, content: "text", track: null, limit: null });
  await vi.waitFor(() => expect(told.at(-1)).toEqual({ type: "grab", stream: 1 }));
  streams.hear({ type: "end-send", stream: 1 });
});

test("a bitrate that came before its stream holds for it", () => {
  const { streams, shell } = start();
  shell().control({ type: "encode", stream: 3, bitrate: 500_000 });
  expect(send(streams, 3).readers).toBe(1);
  for (let stream = 100; stream < 1_000; stream += 1) shell().control({ type: "encode", stream, bitrate: 1 });
  shell().control({ type: "encode", stream: 4, bitrate: 500_000 });
  expect(send(streams, 4).readers).toBe(1);
});

test("a remote stream becomes a track for the page, and shows what arrives", async () => {
  const { streams, told, written, shell } = start();
  streams.hear({ type: "receive", stream: REMOTE, source: "camera" });
  expect(told).toMatchObject([{ type: "track", stream: REMOTE }]);
  arrive(shell(), true, 0);
  arrive(shell(), false, 3_000);
  await vi.waitFor(() => expect(written.length).toBeGreaterThanOrEqual(2));
  expect(told.at(-1)).toEqual({ type: "live", stream: REMOTE, live: true });
  streams.hear({ type: "end-receive", stream: REMOTE });
  arrive(shell(), false, 6_000);
  await vi.waitFor(() => expect(FakeFrame.open).toBe(0));
});

test("what came before the page named its stream is shown, without another keyframe", async () => {
  const { streams, codecs, socket, shell } = start();
  arrive(shell(), true, 0);
  arrive(shell(), false, 3_000);
  streams.hear({ type: "receive", stream: REMOTE, source: "camera" });
  arrive(shell(), false, 6_000);
  expect(codecs.decoders[0]?.decoded.map(({ type }) => type)).toEqual(["key", "delta", "delta"]);
  expect(socket.asked).toEqual([]);
});

test("a stream that began long before the page named it asks for a keyframe", () => {
  const { streams, socket, shell, pass } = start();
  arrive(shell(), true, 0);
  pass(1_001);
  streams.hear({ type: "receive", stream: REMOTE, source: "screen" });
  expect(socket.asked).toEqual([REMOTE]);
  streams.hear({ type: "receive", stream: REMOTE + 1, source: "screen" });
  expect(socket.asked).toEqual([REMOTE]);
});

test("a socket that is back finds everyone at a keyframe", async () => {
  const { streams, codecs, socket, shell, pass } = start();
  const track = send(streams, 1);
  streams.hear({ type: "receive", stream: REMOTE, source: "camera" });
  shell().control({ type: "encode", stream: 1, bitrate: 500_000 });
  track.feed?.enqueue(frame());
  await vi.waitFor(() => expect(socket.sent).toBe(1));
  pass(1_000);
  shell().open();
  track.feed?.enqueue(frame());
  await vi.waitFor(() => expect(socket.sent).toBe(2));
  expect(codecs.encoders[0]?.encoded.map(({ keyFrame }) => keyFrame)).toEqual([true, true]);
  expect(socket.asked).toEqual([REMOTE]);
});

test("stats of all streams come every second, while there are any", () => {
  const { streams, told, pass } = start();
  pass(1_000);
  streams.tick();
  expect(told).toEqual([]);
  send(streams, 1);
  streams.tick();
  pass(500);
  streams.tick();
  expect(told).toMatchObject([{ type: "stats", streams: [{ stream: 1, frames: 0, width: null }] }]);
});

test("where the worker gets at no frames it asks the page for them, and has it draw", async () => {
  const { streams, codecs, told, socket, shell } = start(true);
  streams.hear({ type: "send", stream: 1, content: "camera", track: null, limit: null });
  streams.hear({ type: "receive", stream: REMOTE, source: "camera" });
  expect(told).toEqual([]);
  shell().control({ type: "encode", stream: 1, bitrate: 500_000 });
  await vi.waitFor(() => expect(told).toContainEqual({ type: "grab", stream: 1 }));
  streams.hear({ type: "grabbed", stream: 1, frame: frame() });
  await vi.waitFor(() => expect(socket.sent).toBe(1));
  expect(codecs.encoders).toHaveLength(1);

  arrive(shell(), true, 3_000);
  await vi.waitFor(() =>
    expect(told).toContainEqual(expect.objectContaining({ type: "draw", stream: REMOTE })),
  );
  streams.hear({ type: "drawn", stream: REMOTE });
  streams.hear({ type: "end-send", stream: 1 });
  streams.hear({ type: "end-receive", stream: REMOTE });
  for (const message of told) if (message.type === "draw") message.frame.close();
  await vi.waitFor(() => expect(FakeFrame.open).toBe(0));
});
