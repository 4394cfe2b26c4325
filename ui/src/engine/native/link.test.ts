import { expect, test, vi } from "vitest";
import { FakeBridge, FakeMedia, startVideo } from "../../../tests/fake-native";
import { LIMITS, type PeerSignal } from "../../protocol/generated";
import type { LinkProblem, LinkStatus, RemoteTrack } from "../types";
import { AudioLevels } from "./audio-levels";
import { NativeLink } from "./link";
import { LocalVideoTrack } from "./local-video-track";
import { Microphone } from "./microphone";

const CANDIDATE: PeerSignal = { connection: "media", candidate: null };

async function start() {
  const bridge = new FakeBridge();
  const { worker, video } = await startVideo();
  const levels = new AudioLevels(() => 0);
  const seen = {
    statuses: [] as [LinkStatus, string][],
    tracks: [] as (readonly RemoteTrack[])[],
    opened: 0,
    problems: [] as (readonly LinkProblem[])[],
    messages: [] as string[],
    signals: [] as PeerSignal[],
    closed: 0,
  };
  const link = new NativeLink(
    1,
    {
      iceServers: [],
      polite: true,
      offerFirst: false,
      send: (signal) => seen.signals.push(signal),
      events: {
        status: (status, detail) => seen.statuses.push([status, detail]),
        tracks: (tracks) => seen.tracks.push(tracks),
        problems: (problems) => seen.problems.push(problems),
        open: () => {
          seen.opened += 1;
        },
        message: (text) => seen.messages.push(text),
      },
    },
    { bridge, levels, video },
    () => {
      seen.closed += 1;
    },
  );
  return { bridge, worker, video, levels, seen, link };
}

test("sends create-link first, and a command for each method, in order", async () => {
  const { bridge, seen, link } = await start();
  link.receive(CANDIDATE);
  link.receive({ connection: "files", candidate: null });
  link.setPolite(false);
  link.setIceServers([{ urls: ["stun:a"] }]);
  link.restartIce();
  link.close();
  link.restartIce();
  expect(bridge.commands).toEqual([
    { type: "create-link", link: 1, iceServers: [], polite: true, offerFirst: false },
    { type: "receive", link: 1, signal: CANDIDATE },
    { type: "set-polite", link: 1, polite: false },
    { type: "set-ice-servers", link: 1, iceServers: [{ urls: ["stun:a"] }] },
    { type: "restart-ice", link: 1 },
    { type: "close-link", link: 1 },
  ]);
  expect(seen.statuses).toEqual([
    ["connecting", ""],
    ["closed", ""],
  ]);
  expect(seen.closed).toBe(1);
});

test("passes events on until it is closed", async () => {
  const { seen, link } = await start();
  link.onEvent({ type: "status", link: 1, status: "connected", detail: "" });
  link.onEvent({ type: "signal", link: 1, signal: CANDIDATE });
  link.onEvent({ type: "open", link: 1 });
  link.onEvent({ type: "message", link: 1, text: "hi" });
  link.close();
  link.onEvent({ type: "message", link: 1, text: "late" });
  expect(seen).toMatchObject({ opened: 1, messages: ["hi"], signals: [CANDIDATE] });
  expect(seen.statuses.map(([status]) => status)).toEqual(["connecting", "connected", "closed"]);
});

test("sends messages only while the channel is open, and up to the maximum size", async () => {
  const { link } = await start();
  expect(link.sendMessage("early")).toBe(false);
  link.onEvent({ type: "open", link: 1 });
  expect(link.sendMessage("now")).toBe(true);
  expect(link.sendMessage("가".repeat(LIMITS.maxPeerMessageBytes / 3 + 1))).toBe(false);
  link.onEvent({ type: "status", link: 1, status: "reconnecting", detail: "" });
  expect(link.sendMessage("kept")).toBe(true);
  link.onEvent({ type: "status", link: 1, status: "connecting", detail: "the other side began again" });
  expect(link.sendMessage("no channel yet")).toBe(false);
});

test("limits the commands that the shell has not accepted, and continues once it does", async () => {
  const { bridge, link } = await start();
  let accept = (): void => {};
  bridge.taken = new Promise((resolve) => {
    accept = resolve;
  });
  link.onEvent({ type: "open", link: 1 });
  const large = "x".repeat(LIMITS.maxPeerMessageBytes);
  let sent = 0;
  while (link.sendMessage(large) && sent < 1_000) sent += 1;
  expect(sent).toBe(17);
  for (let i = 0; i < 1_000; i += 1) link.receive(CANDIDATE);
  expect(bridge.types().filter((type) => type === "receive")).toHaveLength(256);
  accept();
  await vi.waitFor(() => expect(link.sendMessage("again")).toBe(true));
});

test("a failed link that recovers keeps its channel", async () => {
  const { link } = await start();
  link.onEvent({ type: "open", link: 1 });
  for (const status of ["failed", "reconnecting", "connected"] as const)
    link.onEvent({ type: "status", link: 1, status, detail: "" });
  expect(link.sendMessage("there")).toBe(true);
  // A new connection: the old channel is gone, and the new one is not open yet.
  link.onEvent({ type: "status", link: 1, status: "connecting", detail: "" });
  expect(link.sendMessage("where")).toBe(false);
});

test("a rejected negotiation command fails the link once, and does not throw", async () => {
  const warned = vi.spyOn(console, "warn").mockImplementation(() => undefined);
  const { bridge, seen, link } = await start();
  bridge.refuse = ({ type }) => (type === "receive" || type === "restart-ice" ? new Error("no") : null);
  link.receive(CANDIDATE);
  link.receive(CANDIDATE);
  link.restartIce();
  await vi.waitFor(() => expect(warned).toHaveBeenCalled());
  expect(seen.statuses).toEqual([
    ["connecting", ""],
    ["failed", "receive: Error: no"],
  ]);
});

test("a camera is encoded while at least one link sends it", async () => {
  const first = await start();
  const second = await start();
  const media = new FakeMedia();
  const camera = new LocalVideoTrack("camera", 5, media.track, first.video);
  first.link.setTrack("camera", camera);
  second.link.setTrack("camera", camera);
  first.link.setTrack("camera", camera); // Repeated, as after a change of content.
  expect(first.worker.posted.map(({ type }) => type)).toEqual(["send"]);
  expect(first.bridge.types().filter((type) => type === "set-track")).toHaveLength(1);
  first.link.setTrack("camera", null);
  expect(first.bridge.commands.at(-1)).toEqual({
    type: "set-track",
    link: 1,
    source: "camera",
    stream: null,
  });
  expect(first.worker.posted).toHaveLength(1);
  second.link.close();
  expect(first.worker.posted.at(-1)).toEqual({ type: "end-send", stream: 5 });
});

test("the new device is sent before the replaced one is released", async () => {
  const { bridge, worker, video, link } = await start();
  const old = new LocalVideoTrack("camera", 1, new FakeMedia().track, video);
  const next = new LocalVideoTrack("camera", 2, new FakeMedia().track, video);
  link.setTrack("camera", old);
  link.setTrack("camera", next);
  expect(bridge.commands.slice(-2)).toMatchObject([{ stream: 1 }, { stream: 2 }]);
  expect(worker.posted.map(({ type }) => type)).toEqual(["send", "send", "end-send"]);
});

test("a microphone is sent by its stream ID", async () => {
  const { bridge, levels, link } = await start();
  const opened = { stream: 2 ** 31 + 3, deviceId: null, label: "" };
  link.setTrack(
    "microphone",
    new Microphone(
      opened,
      levels,
      () => {},
      () => {},
    ),
  );
  expect(bridge.commands.at(-1)).toEqual({
    type: "set-track",
    link: 1,
    source: "microphone",
    stream: 2 ** 31 + 3,
  });
});

test("remote tracks that stay keep their objects, removed ones are closed", async () => {
  const { seen, levels, worker, link } = await start();
  const microphone = { source: "microphone", stream: 2 ** 31 } as const;
  const camera = { source: "camera", stream: 2 ** 31 + 1 } as const;
  levels.setLive(microphone.stream, true); // Before the track was announced.
  link.onEvent({ type: "tracks", link: 1, tracks: [microphone, camera] });
  const [first] = seen.tracks;
  expect(first?.map(({ source }) => source)).toEqual(["microphone", "camera"]);
  expect(first?.[0]?.live()).toBe(true);
  expect(worker.posted).toEqual([{ type: "receive", stream: camera.stream, source: "camera" }]);
  link.onEvent({ type: "tracks", link: 1, tracks: [microphone, camera] });
  expect(seen.tracks).toHaveLength(1);
  link.onEvent({ type: "tracks", link: 1, tracks: [microphone] });
  expect(seen.tracks[1]?.[0]).toBe(first?.[0]);
  expect(worker.posted.at(-1)).toEqual({ type: "end-receive", stream: camera.stream });
});

test("remote tracks report when they become live, and when they end", async () => {
  const { seen, levels, worker, link } = await start();
  const microphone = { source: "microphone", stream: 2 ** 31 } as const;
  const camera = { source: "camera", stream: 2 ** 31 + 1 } as const;
  link.onEvent({ type: "tracks", link: 1, tracks: [microphone, camera] });
  const [audioTrack, videoTrack] = seen.tracks[0] ?? [];
  const changes: string[] = [];
  audioTrack?.onChange(() => changes.push(`audio ${audioTrack.live()}`));
  videoTrack?.onChange(() => changes.push(`camera ${videoTrack.live()}`));
  link.setAudioLive(microphone.stream, true);
  worker.emit({ type: "live", stream: camera.stream, live: true });
  levels.update({
    type: "levels",
    microphone: -96,
    input: -96,
    remote: [{ stream: microphone.stream, level: -30 }],
  });
  expect(audioTrack?.level()).toBe(0.5);
  link.close();
  expect(changes).toEqual(["audio true", "camera true", "audio false", "camera false"]);
  expect(audioTrack?.level()).toBe(0);
});

test("merges the statistics of shell and worker", async () => {
  const { bridge, worker, link } = await start();
  worker.emit({
    type: "stats",
    streams: [{ stream: 1, width: 640, height: 480, framesPerSecond: 30, frames: 9, codecTime: 2 }],
  });
  bridge.nextStats = {
    roundTrip: 1,
    lost: 0,
    expected: 0,
    jitter: null,
    sent: 0,
    received: 0,
    bandwidth: 0,
    localCandidate: null,
    remoteCandidate: null,
    media: [
      {
        direction: "sent",
        source: "camera",
        stream: 1,
        codec: "video/VP8",
        frames: 8,
        packets: 10,
        concealed: null,
        delay: null,
      },
    ],
  };
  expect((await link.stats()).media).toMatchObject([{ width: 640, frames: 8, encodeTime: 2 }]);
  link.close();
  expect((await link.stats()).media).toEqual([]);
});

test("reports problems without failing", async () => {
  const { seen, link } = await start();
  link.onEvent({ type: "problems", link: 1, problems: ["no-video-codec"] });
  link.onEvent({ type: "problems", link: 1, problems: [] });
  expect(seen.problems).toEqual([["no-video-codec"], []]);
  expect(seen.statuses).toEqual([["connecting", ""]]);
  link.close();
  link.onEvent({ type: "problems", link: 1, problems: ["no-video-codec"] });
  expect(seen.problems).toHaveLength(2);
});

test("a camera is as large as the one who shows it largest, among all who get it", async () => {
  const { bridge, worker, video, levels, link } = await start();
  const heights = () =>
    worker.posted.flatMap((message) => (message.type === "shown-height" ? [message.height] : [])).at(-1);
  const camera = new LocalVideoTrack("camera", 5, new FakeMedia().track, video);
  const events = {
    status: () => {},
    tracks: () => {},
    problems: () => {},
    open: () => {},
    message: () => {},
  };
  const other = new NativeLink(
    2,
    { iceServers: [], polite: true, offerFirst: false, send: () => {}, events },
    { bridge, levels, video },
    () => {},
  );
  link.setShownHeight("camera", 100);
  link.setTrack("camera", camera);
  expect(heights()).toBe(100);
  // An older program does not say how large it shows it.
  other.setTrack("camera", camera);
  expect(heights()).toBeNull();
  other.setShownHeight("camera", 700);
  expect(heights()).toBe(700);
  other.close();
  expect(heights()).toBe(100);
});
