import { expect, test, vi } from "vitest";
import type { NativeCommand, NativeEvent } from "../../engine/native/bridge";
import { MAX_QUEUED, ShellBridge } from "./native-bridge";
import { ShellError } from "./shell";

type Answers = Record<string, (args: Record<string, unknown>) => unknown>;

const OPENED = { mediaUrl: "ws://127.0.0.1:40123/", token: "0123456789abcdef" };
const COMMAND: NativeCommand = { type: "restart-ice", link: 1 };

function fake(answers: Answers) {
  const invoked: [string, Record<string, unknown>][] = [];
  let send: (value: unknown) => void = () => {};
  const bridge = new ShellBridge(
    async (command, args = {}) => {
      invoked.push([command, args]);
      return answers[command]?.(args);
    },
    (listener) => {
      send = listener;
      return "channel";
    },
  );
  return { bridge, invoked, receive: (value: unknown) => send(value) };
}

test("opens with a channel, and passes on only known events", async () => {
  const warned = vi.spyOn(console, "warn").mockImplementation(() => undefined);
  const { bridge, invoked, receive } = fake({ engine_open: () => OPENED });
  const received: NativeEvent[] = [];
  expect(await bridge.open((event) => received.push(event))).toEqual(OPENED);
  expect(invoked).toEqual([["engine_open", { channel: "channel" }]]);
  const events: NativeEvent[] = [
    { type: "status", link: 1, status: "connected", detail: "" },
    { type: "signal", link: 1, signal: { connection: "media", candidate: null } },
    { type: "tracks", link: 1, tracks: [{ source: "screen", stream: 2 ** 31 }] },
    { type: "problems", link: 1, problems: ["no-video-codec"] },
    { type: "open", link: 1 },
    { type: "message", link: 1, text: "hi" },
    { type: "live", stream: 2 ** 31, live: true },
    { type: "levels", microphone: -20.5, input: -96, remote: [{ stream: 2 ** 31, level: -30 }] },
    { type: "microphone-ended", stream: 2 ** 31 },
    { type: "devices-changed" },
  ];
  for (const event of events) receive(event);
  expect(received).toEqual(events);
  for (const bad of [
    null,
    { type: "later" },
    { type: "status", link: 1, status: "sleepy", detail: "" },
    { type: "signal", link: 1, signal: { connection: "media", description: { type: "offer" } } },
    { type: "message", link: -1, text: "hi" },
    { type: "message", link: 1, text: "x".repeat(20_000) },
    { type: "levels", microphone: Number.NaN, input: 0, remote: [] },
    { type: "tracks", link: 1, tracks: [{ source: "smell", stream: 1 }] },
    { type: "problems", link: 1, problems: ["no-smell-codec"] },
  ]) {
    receive(bad);
  }
  expect(received).toHaveLength(events.length);
  expect(warned).toHaveBeenCalledTimes(9);
});

test("a media socket on another machine, or without a token, is refused", async () => {
  for (const bad of [
    { ...OPENED, mediaUrl: "ws://192.0.2.1:80/" },
    { ...OPENED, mediaUrl: "ws://127.0.0.1:80/?x" },
    { ...OPENED, token: "" },
    { ...OPENED, token: "two, protocols here!" },
    null,
  ]) {
    const { bridge } = fake({ engine_open: () => bad });
    await expect(bridge.open(() => {})).rejects.toMatchObject({ code: "not-understood" });
  }
});

test("missing components are checked", async () => {
  const { bridge, invoked } = fake({ engine_lacks: () => ["no-camera-portal", "no-screen-portal"] });
  expect(await bridge.missingComponents()).toEqual(["no-camera-portal", "no-screen-portal"]);
  expect(invoked).toEqual([["engine_lacks", {}]]);
  for (const bad of [null, ["no-patience"], [1]])
    await expect(fake({ engine_lacks: () => bad }).bridge.missingComponents()).rejects.toMatchObject({
      code: "not-understood",
    });
});

test("commands are sent one after the other, also after one that failed", async () => {
  let answer = (): void => {};
  const { bridge, invoked } = fake({
    engine_command: ({ command }) =>
      (command as NativeCommand).type === "restart-ice"
        ? new Promise((_, reject) => {
            answer = () => reject(new ShellError("no-link", "1"));
          })
        : null,
  });
  const refused = bridge.send(COMMAND);
  const next = bridge.send({ type: "close-link", link: 1 });
  await vi.waitFor(() => expect(invoked).toHaveLength(1));
  answer();
  await expect(refused).rejects.toMatchObject({ code: "no-link" });
  await next;
  expect(invoked.map(([, { command }]) => (command as NativeCommand).type)).toEqual([
    "restart-ice",
    "close-link",
  ]);
});

test("the queue of commands is bounded", async () => {
  const { bridge } = fake({ engine_command: () => new Promise(() => {}) });
  for (let i = 0; i < MAX_QUEUED; i += 1) void bridge.send(COMMAND);
  await expect(bridge.send(COMMAND)).rejects.toMatchObject({ code: "busy" });
});

test("errors of microphones are typed", async () => {
  const refuse = (error: unknown) =>
    fake({ engine_open_microphone: () => Promise.reject(error) }).bridge.openMicrophone("m1");
  await expect(refuse(new ShellError("busy", "by x"))).rejects.toEqual({ code: "busy", detail: "by x" });
  await expect(refuse(new ShellError("not-called", "?"))).rejects.toEqual({ code: "failed", detail: "?" });
});

test("devices and stats are checked", async () => {
  const device = { id: "m1", kind: "microphone", label: "Desk" };
  expect(await fake({ engine_devices: () => [device] }).bridge.devices()).toEqual([device]);
  await expect(
    fake({ engine_devices: () => [{ ...device, kind: "nose" }] }).bridge.devices(),
  ).rejects.toThrow();
  expect(await fake({ engine_stats: () => null }).bridge.stats(1)).toBeNull();
  const stats = {
    roundTrip: 1.5,
    lost: 0,
    expected: 10,
    jitter: null,
    sent: 1,
    received: 2,
    bandwidth: 300_000,
    localCandidate: "host udp",
    remoteCandidate: null,
    media: [
      {
        direction: "sent",
        source: "camera",
        stream: 1,
        codec: "video/VP8",
        frames: 1,
        packets: 2,
        concealed: null,
        delay: null,
      },
    ],
  };
  expect(await fake({ engine_stats: () => stats }).bridge.stats(1)).toEqual(stats);
  await expect(fake({ engine_stats: () => ({ ...stats, lost: "1" }) }).bridge.stats(1)).rejects.toThrow();
});
