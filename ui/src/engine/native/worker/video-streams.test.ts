import { beforeEach, expect, test, vi } from "vitest";
import { FakeCodecs, FakeFrame, frame } from "../../../../tests/fake-codecs";
import type { FromVideoWorker } from "../worker-messages";
import type { FrameAccess } from "./codecs";
import type { MediaSocket, SocketEvents } from "./media-socket";
import { VideoStreams } from "./video-streams";

const REMOTE = 2 ** 31;

beforeEach(() => {
  FakeFrame.open = 0;
});

class FakeTrack {
  stopped = false;
  /** Delivers frames of this track while it is read. */
  feed: ReadableStreamDefaultController<VideoFrame> | null = null;
  readers = 0;

  stop(): void {
    this.stopped = true;
  }
}

function start(pageOnly = false) {
  let now = 0;
  const codecs = new FakeCodecs();
  const posted: FromVideoWorker[] = [];
  const socket = { ready: true, backlog: 0, sent: 0, requested: [] as number[] };
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
  const streams = new VideoStreams(
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
        requestKeyframe: (stream: number) => socket.requested.push(stream),
        close: () => {},
      } as unknown as MediaSocket;
    },
    (message) => posted.push(message),
  );
  streams.onMessage({ type: "connect", url: "ws://127.0.0.1:1/", token: "t" });
  return {
    streams,
    codecs,
    posted,
    socket,
    written,
    shell: () => events as SocketEvents,
    pass: (milliseconds: number) => {
      now += milliseconds;
    },
  };
}

const send = (streams: VideoStreams, stream: number) => {
  const track = new FakeTrack();
  streams.onMessage({
    type: "send",
    stream,
    content: "camera",
    track: track as unknown as MediaStreamTrack,
    maxSize: null,
  });
  return track;
};

const arrive = (shell: SocketEvents, keyframe: boolean, timestamp: number) =>
  shell.frame(
    { stream: REMOTE, keyframe, playoutDelay: 0, timestamp, width: 0, height: 0 },
    new Uint8Array(1),
  );

test("a track is read only while it has a bitrate", async () => {
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
  streams.onMessage({ type: "end-send", stream: 1 });
  expect(track.stopped).toBe(true);
  expect(FakeFrame.open).toBe(0);
});

test("a stream that is sent again at once keeps its bitrate", () => {
  const { streams, shell } = start();
  send(streams, 1);
  shell().control({ type: "encode", stream: 1, bitrate: 500_000 });
  streams.onMessage({ type: "end-send", stream: 1 });
  // The shell does not repeat an unchanged bitrate when one link replaces another.
  expect(send(streams, 1).readers).toBe(1);
});

test("a screen is read even without a bitrate, because it may not change again", () => {
  const { streams } = start();
  const track = new FakeTrack();
  streams.onMessage({
    type: "send",
    stream: 1,
    content: "text",
    track: track as unknown as MediaStreamTrack,
    maxSize: null,
  });
  expect(track.readers).toBe(1);
});

test("a screen whose frames have size zero is left to the page", async () => {
  const { streams, codecs, posted, shell } = start();
  const track = new FakeTrack();
  streams.onMessage({
    type: "send",
    stream: 1,
    content: "text",
    track: track as unknown as MediaStreamTrack,
    maxSize: null,
  });
  shell().control({ type: "encode", stream: 1, bitrate: 500_000 });
  track.feed?.enqueue(frame(0, 0));
  await vi.waitFor(() => expect(track.stopped).toBe(true));
  await vi.waitFor(() => expect(FakeFrame.open).toBe(0));
  expect(posted.filter(({ type }) => type === "zero-size-frames")).toEqual([
    { type: "zero-size-frames", stream: 1 },
  ]);
  expect(codecs.encoders).toEqual([]);
  // The page sends it again, and its bitrate still applies.
  streams.onMessage({ type: "send", stream: 1, content: "text", track: null, maxSize: null });
  await vi.waitFor(() => expect(posted.at(-1)).toEqual({ type: "grab", stream: 1 }));
  streams.onMessage({ type: "end-send", stream: 1 });
});

test("a bitrate that arrives before its stream is kept for it", () => {
  const { streams, shell } = start();
  shell().control({ type: "encode", stream: 3, bitrate: 500_000 });
  expect(send(streams, 3).readers).toBe(1);
  for (let stream = 100; stream < 1_000; stream += 1) shell().control({ type: "encode", stream, bitrate: 1 });
  shell().control({ type: "encode", stream: 4, bitrate: 500_000 });
  expect(send(streams, 4).readers).toBe(1);
});

test("a remote stream becomes a track for the page, which shows its frames", async () => {
  const { streams, posted, written, shell } = start();
  streams.onMessage({ type: "receive", stream: REMOTE, source: "camera" });
  expect(posted).toMatchObject([{ type: "track", stream: REMOTE }]);
  arrive(shell(), true, 0);
  arrive(shell(), false, 3_000);
  await vi.waitFor(() => expect(written.length).toBeGreaterThanOrEqual(2));
  expect(posted.at(-1)).toEqual({ type: "live", stream: REMOTE, live: true });
  streams.onMessage({ type: "end-receive", stream: REMOTE });
  arrive(shell(), false, 6_000);
  await vi.waitFor(() => expect(FakeFrame.open).toBe(0));
});

test("frames that precede the announcement of their stream are decoded, without another keyframe", async () => {
  const { streams, codecs, socket, shell } = start();
  arrive(shell(), true, 0);
  arrive(shell(), false, 3_000);
  streams.onMessage({ type: "receive", stream: REMOTE, source: "camera" });
  arrive(shell(), false, 6_000);
  expect(codecs.decoders[0]?.decoded.map(({ type }) => type)).toEqual(["key", "delta", "delta"]);
  expect(socket.requested).toEqual([]);
});

test("a stream that started long before its announcement requests a keyframe", () => {
  const { streams, socket, shell, pass } = start();
  arrive(shell(), true, 0);
  pass(1_001);
  streams.onMessage({ type: "receive", stream: REMOTE, source: "screen" });
  expect(socket.requested).toEqual([REMOTE]);
  streams.onMessage({ type: "receive", stream: REMOTE + 1, source: "screen" });
  expect(socket.requested).toEqual([REMOTE]);
});

test("all streams continue with a keyframe after the socket reconnects", async () => {
  const { streams, codecs, socket, shell, pass } = start();
  const track = send(streams, 1);
  streams.onMessage({ type: "receive", stream: REMOTE, source: "camera" });
  shell().control({ type: "encode", stream: 1, bitrate: 500_000 });
  track.feed?.enqueue(frame());
  await vi.waitFor(() => expect(socket.sent).toBe(1));
  pass(1_000);
  shell().open();
  track.feed?.enqueue(frame());
  await vi.waitFor(() => expect(socket.sent).toBe(2));
  expect(codecs.encoders[0]?.encoded.map(({ keyFrame }) => keyFrame)).toEqual([true, true]);
  expect(socket.requested).toEqual([REMOTE]);
});

test("statistics of all streams are posted every second while there are any", () => {
  const { streams, posted, pass } = start();
  pass(1_000);
  streams.tick();
  expect(posted).toEqual([]);
  send(streams, 1);
  streams.tick();
  pass(500);
  streams.tick();
  expect(posted).toMatchObject([{ type: "stats", streams: [{ stream: 1, frames: 0, width: null }] }]);
});

test("without frame access the worker grabs frames from the page, and lets it draw", async () => {
  const { streams, codecs, posted, socket, shell } = start(true);
  streams.onMessage({ type: "send", stream: 1, content: "camera", track: null, maxSize: null });
  streams.onMessage({ type: "receive", stream: REMOTE, source: "camera" });
  expect(posted).toEqual([]);
  shell().control({ type: "encode", stream: 1, bitrate: 500_000 });
  await vi.waitFor(() => expect(posted).toContainEqual({ type: "grab", stream: 1 }));
  streams.onMessage({ type: "grabbed", stream: 1, frame: frame() });
  await vi.waitFor(() => expect(socket.sent).toBe(1));
  expect(codecs.encoders).toHaveLength(1);

  arrive(shell(), true, 3_000);
  await vi.waitFor(() =>
    expect(posted).toContainEqual(expect.objectContaining({ type: "draw", stream: REMOTE })),
  );
  streams.onMessage({ type: "drawn", stream: REMOTE });
  streams.onMessage({ type: "end-send", stream: 1 });
  streams.onMessage({ type: "end-receive", stream: REMOTE });
  for (const message of posted) if (message.type === "draw") message.frame.close();
  await vi.waitFor(() => expect(FakeFrame.open).toBe(0));
});
