import { expect, test, vi } from "vitest";
import type { NativeCommand, NativeEvent } from "../../engine/native/bridge";
import { MAX_WAITING, ShellBridge } from "./native-bridge";
import { ShellError } from "./shell";

type Answers = Record<string, (args: Record<string, unknown>) => unknown>;

const OPENED = { mediaUrl: "ws://127.0.0.1:40123/", token: "0123456789abcdef" };
const COMMAND: NativeCommand = { type: "restart-ice", link: 1 };

function fake(answers: Answers) {
  const asked: [string, Record<string, unknown>][] = [];
  let hear: (value: unknown) => void = () => {};
  const bridge = new ShellBridge(
    async (command, args = {}) => {
      asked.push([command, args]);
      return answers[command]?.(args);
    },
    (listener) => {
      hear = listener;
      return "channel";
    },
  );
  return { bridge, asked, hear: (value: unknown) => hear(value) };
}

test("opens with a channel, and only events it knows are heard", async () => {
  const warned = vi.spyOn(console, "warn").mockImplementation(() => undefined);
  const { bridge, asked, hear } = fake({ engine_open: () => OPENED });
  const heard: NativeEvent[] = [];
  expect(await bridge.open((event) => heard.push(event))).toEqual(OPENED);
  expect(asked).toEqual([["engine_open", { channel: "channel" }]]);
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
  for (const event of events) hear(event);
  expect(heard).toEqual(events);
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
    hear(bad);
  }
  expect(heard).toHaveLength(events.length);
  expect(warned).toHaveBeenCalledTimes(9);
});

test("a media socket that is not on this machine, or has no token, is refused", async () => {
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

test("what is missing is heard as far as it is known", async () => {
  const { bridge, asked } = fake({ engine_lacks: () => ["no-camera-portal", "no-screen-portal"] });
  expect(await bridge.missingComponents()).toEqual(["no-camera-portal", "no-screen-portal"]);
  expect(asked).toEqual([["engine_lacks", {}]]);
  for (const bad of [null, ["no-patience"], [1]])
    await expect(fake({ engine_lacks: () => bad }).bridge.missingComponents()).rejects.toMatchObject({
      code: "not-understood",
    });
});

test("commands go one after the other, also past one that is refused", async () => {
  let answer = (): void => {};
  const { bridge, asked } = fake({
    engine_command: ({ command }) =>
      (command as NativeCommand).type === "restart-ice"
        ? new Promise((_, reject) => {
            answer = () => reject(new ShellError("no-link", "1"));
          })
        : null,
  });
  const refused = bridge.send(COMMAND);
  const next = bridge.send({ type: "close-link", link: 1 });
  await vi.waitFor(() => expect(asked).toHaveLength(1));
  answer();
  await expect(refused).rejects.toMatchObject({ code: "no-link" });
  await next;
  expect(asked.map(([, { command }]) => (command as NativeCommand).type)).toEqual([
    "restart-ice",
    "close-link",
  ]);
});

test("a shell that does not keep up is not buried", async () => {
  const { bridge } = fake({ engine_command: () => new Promise(() => {}) });
  for (let i = 0; i < MAX_WAITING; i += 1) void bridge.send(COMMAND);
  await expect(bridge.send(COMMAND)).rejects.toMatchObject({ code: "busy" });
});

test("refused microphones are typed", async () => {
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
