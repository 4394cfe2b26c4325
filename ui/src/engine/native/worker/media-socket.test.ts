import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { MEDIA_PROTOCOL, writeHeader } from "../wire";
import { MediaSocket } from "./media-socket";

class FakeSocket {
  readyState = 0;
  bufferedAmount = 0;
  binaryType = "blob";
  sent: unknown[] = [];
  onopen: () => void = () => {};
  onclose: (event: { code: number }) => void = () => {};
  onmessage: (event: { data: unknown }) => void = () => {};

  open(): void {
    this.readyState = 1;
    this.onopen();
  }

  disconnect(): void {
    this.readyState = 3;
    this.onclose({ code: 1006 });
  }

  send(message: unknown): void {
    this.sent.push(message);
  }

  close(): void {
    this.disconnect();
  }
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function start() {
  const sockets: FakeSocket[] = [];
  const protocols: string[][] = [];
  const events: unknown[] = [];
  const media = new MediaSocket(
    "ws://127.0.0.1:1/",
    "token",
    {
      open: () => events.push("open"),
      frame: ({ stream }, payload) => events.push([stream, ...payload]),
      control: (message) => events.push(message),
      lost: () => events.push("lost"),
    },
    (_url, requested) => {
      protocols.push(requested);
      const socket = new FakeSocket();
      sockets.push(socket);
      return socket as unknown as WebSocket;
    },
  );
  return { media, sockets, protocols, events };
}

test("requests the protocol with the token, and reads frames and control messages", () => {
  const { sockets, protocols, events } = start();
  expect(protocols).toEqual([[MEDIA_PROTOCOL, "token"]]);
  sockets[0]?.open();
  const frame = writeHeader(
    { stream: 5, keyframe: true, playoutDelay: 0, timestamp: 0, width: 2, height: 2 },
    2,
  );
  new Uint8Array(frame).set([7, 8], 16);
  sockets[0]?.onmessage({ data: frame });
  sockets[0]?.onmessage({ data: '{"type":"keyframe","stream":1}' });
  sockets[0]?.onmessage({ data: "nonsense" });
  sockets[0]?.onmessage({ data: new ArrayBuffer(3) });
  expect(sockets[0]?.binaryType).toBe("arraybuffer");
  expect(events).toEqual(["open", [5, 7, 8], { type: "keyframe", stream: 1 }]);
});

test("does not send before it is open, and returns false", () => {
  const { media, sockets } = start();
  expect(media.send(new ArrayBuffer(1))).toBe(false);
  media.requestKeyframe(1);
  sockets[0]?.open();
  expect(media.send(new ArrayBuffer(1))).toBe(true);
  media.requestKeyframe(4);
  expect(sockets[0]?.sent).toEqual([new ArrayBuffer(1), '{"type":"keyframe","stream":4}']);
});

test("reconnects with exponential backoff, which a success resets", () => {
  const { sockets, events } = start();
  sockets[0]?.disconnect();
  vi.advanceTimersByTime(100);
  expect(sockets).toHaveLength(2);
  for (let i = 1; i < 10; i += 1) {
    sockets[i]?.disconnect();
    vi.advanceTimersByTime(2_000);
  }
  expect(sockets).toHaveLength(11);
  expect(events).toEqual(["lost"]);
  sockets[10]?.open();
  sockets[10]?.disconnect();
  vi.advanceTimersByTime(100);
  expect(sockets).toHaveLength(12);
  expect(events).toEqual(["lost", "open", "lost"]);
});

test("does not reconnect after close", () => {
  const { media, sockets } = start();
  sockets[0]?.open();
  media.close();
  vi.advanceTimersByTime(60_000);
  expect(sockets).toHaveLength(1);
  expect(media.send(new ArrayBuffer(1))).toBe(false);
});
