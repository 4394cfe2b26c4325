import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { MediaSocket } from "./socket";
import { MEDIA_PROTOCOL, writeHeader } from "./wire";

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

  lose(): void {
    this.readyState = 3;
    this.onclose({ code: 1006 });
  }

  send(message: unknown): void {
    this.sent.push(message);
  }

  close(): void {
    this.lose();
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
  const asked: string[][] = [];
  const heard: unknown[] = [];
  const media = new MediaSocket(
    "ws://127.0.0.1:1/",
    "token",
    {
      open: () => heard.push("open"),
      frame: ({ stream }, payload) => heard.push([stream, ...payload]),
      control: (message) => heard.push(message),
      lost: () => heard.push("lost"),
    },
    (_url, protocols) => {
      asked.push(protocols);
      const socket = new FakeSocket();
      sockets.push(socket);
      return socket as unknown as WebSocket;
    },
  );
  return { media, sockets, asked, heard };
}

test("names the protocol and the token, and reads frames and control", () => {
  const { sockets, asked, heard } = start();
  expect(asked).toEqual([[MEDIA_PROTOCOL, "token"]]);
  sockets[0]?.open();
  const frame = writeHeader({ stream: 5, keyframe: true, hold: 0, timestamp: 0, width: 2, height: 2 }, 2);
  new Uint8Array(frame).set([7, 8], 16);
  sockets[0]?.onmessage({ data: frame });
  sockets[0]?.onmessage({ data: '{"type":"keyframe","stream":1}' });
  sockets[0]?.onmessage({ data: "nonsense" });
  sockets[0]?.onmessage({ data: new ArrayBuffer(3) });
  expect(sockets[0]?.binaryType).toBe("arraybuffer");
  expect(heard).toEqual(["open", [5, 7, 8], { type: "keyframe", stream: 1 }]);
});

test("sends nothing before it is open, and says so", () => {
  const { media, sockets } = start();
  expect(media.send(new ArrayBuffer(1))).toBe(false);
  media.askForKeyframe(1);
  sockets[0]?.open();
  expect(media.send(new ArrayBuffer(1))).toBe(true);
  media.askForKeyframe(4);
  expect(sockets[0]?.sent).toEqual([new ArrayBuffer(1), '{"type":"keyframe","stream":4}']);
});

test("a lost socket is tried again, ever more slowly, and quickly again once it worked", () => {
  const { sockets, heard } = start();
  sockets[0]?.lose();
  vi.advanceTimersByTime(100);
  expect(sockets).toHaveLength(2);
  for (let i = 1; i < 10; i += 1) {
    sockets[i]?.lose();
    vi.advanceTimersByTime(2_000);
  }
  expect(sockets).toHaveLength(11);
  expect(heard).toEqual(["lost"]);
  sockets[10]?.open();
  sockets[10]?.lose();
  vi.advanceTimersByTime(100);
  expect(sockets).toHaveLength(12);
  expect(heard).toEqual(["lost", "open", "lost"]);
});

test("closed is closed", () => {
  const { media, sockets } = start();
  sockets[0]?.open();
  media.close();
  vi.advanceTimersByTime(60_000);
  expect(sockets).toHaveLength(1);
  expect(media.send(new ArrayBuffer(1))).toBe(false);
});
