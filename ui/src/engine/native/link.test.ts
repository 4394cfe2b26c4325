import { expect, test, vi } from "vitest";
import { FakeBridge, FakeMedia, startVideo } from "../../../tests/fake-native";
import { LIMITS, type PeerSignal } from "../../protocol/generated";
import type { LinkProblem, LinkStatus, RemoteTrack } from "../types";
import { NativeLink } from "./link";
import { Microphone } from "./microphone";
import { Sound } from "./sound";
import { VideoTrack } from "./video-track";

const CANDIDATE: PeerSignal = { connection: "media", candidate: null };

async function start() {
  const bridge = new FakeBridge();
  const { worker, video } = await startVideo();
  const sound = new Sound(() => 0);
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
    { bridge, sound, video },
    () => {
      seen.closed += 1;
    },
  );
  return { bridge, worker, video, sound, seen, link };
}

test("begins with its command, and every method is one, in order", async () => {
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

test("what the shell says is passed on, until it is closed", async () => {
  const { seen, link } = await start();
  link.hear({ type: "status", link: 1, status: "connected", detail: "" });
  link.hear({ type: "signal", link: 1, signal: CANDIDATE });
  link.hear({ type: "open", link: 1 });
  link.hear({ type: "message", link: 1, text: "hi" });
  link.close();
  link.hear({ type: "message", link: 1, text: "late" });
  expect(seen).toMatchObject({ opened: 1, messages: ["hi"], signals: [CANDIDATE] });
  expect(seen.statuses.map(([status]) => status)).toEqual(["connecting", "connected", "closed"]);
});

test("messages go out only while the channel is open, and of a size it takes", async () => {
  const { link } = await start();
  expect(link.sendMessage("early")).toBe(false);
  link.hear({ type: "open", link: 1 });
  expect(link.sendMessage("now")).toBe(true);
  expect(link.sendMessage("가".repeat(LIMITS.maxPeerMessageBytes / 3 + 1))).toBe(false);
  link.hear({ type: "status", link: 1, status: "reconnecting", detail: "" });
  expect(link.sendMessage("kept")).toBe(true);
  link.hear({ type: "status", link: 1, status: "connecting", detail: "the other side began again" });
  expect(link.sendMessage("no channel yet")).toBe(false);
});

test("a shell that takes nothing is not buried, and is trusted again once it does", async () => {
  const { bridge, link } = await start();
  let take = (): void => {};
  bridge.taken = new Promise((resolve) => {
    take = resolve;
  });
  link.hear({ type: "open", link: 1 });
  const large = "x".repeat(LIMITS.maxPeerMessageBytes);
  let sent = 0;
  while (link.sendMessage(large) && sent < 1_000) sent += 1;
  expect(sent).toBe(17);
  for (let i = 0; i < 1_000; i += 1) link.receive(CANDIDATE);
  expect(bridge.types().filter((type) => type === "receive")).toHaveLength(256);
  take();
  await vi.waitFor(() => expect(link.sendMessage("again")).toBe(true));
});

test("a link that failed and came back speaks on the channel it still has", async () => {
  const { link } = await start();
  link.hear({ type: "open", link: 1 });
  for (const status of ["failed", "reconnecting", "connected"] as const)
    link.hear({ type: "status", link: 1, status, detail: "" });
  expect(link.sendMessage("there")).toBe(true);
  // Begun anew: the old channel is gone, until another is open.
  link.hear({ type: "status", link: 1, status: "connecting", detail: "" });
  expect(link.sendMessage("where")).toBe(false);
});

test("a refused negotiation ends as a failed link, once, and nothing throws", async () => {
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

test("a camera is in the worker for as long as some link sends it", async () => {
  const first = await start();
  const second = await start();
  const media = new FakeMedia();
  const camera = new VideoTrack("camera", 5, media.track, first.video);
  first.link.setTrack("camera", camera);
  second.link.setTrack("camera", camera);
  first.link.setTrack("camera", camera); // Again, as after a change of content.
  expect(first.worker.told.map(({ type }) => type)).toEqual(["send"]);
  expect(first.bridge.types().filter((type) => type === "set-track")).toHaveLength(1);
  first.link.setTrack("camera", null);
  expect(first.bridge.commands.at(-1)).toEqual({
    type: "set-track",
    link: 1,
    source: "camera",
    stream: null,
  });
  expect(first.worker.told).toHaveLength(1);
  second.link.close();
  expect(first.worker.told.at(-1)).toEqual({ type: "end-send", stream: 5 });
});

test("a swapped device is sent before the old one is let go", async () => {
  const { bridge, worker, video, link } = await start();
  const old = new VideoTrack("camera", 1, new FakeMedia().track, video);
  const next = new VideoTrack("camera", 2, new FakeMedia().track, video);
  link.setTrack("camera", old);
  link.setTrack("camera", next);
  expect(bridge.commands.slice(-2)).toMatchObject([{ stream: 1 }, { stream: 2 }]);
  expect(worker.told.map(({ type }) => type)).toEqual(["send", "send", "end-send"]);
});

test("a microphone is named by its stream", async () => {
  const { bridge, sound, link } = await start();
  const opened = { stream: 2 ** 31 + 3, deviceId: null, label: "" };
  link.setTrack(
    "microphone",
    new Microphone(
      opened,
      sound,
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

test("remote tracks that stay keep their objects, those that go end", async () => {
  const { seen, sound, worker, link } = await start();
  const voice = { source: "microphone", stream: 2 ** 31 } as const;
  const camera = { source: "camera", stream: 2 ** 31 + 1 } as const;
  sound.setLive(voice.stream, true); // Before the track was named.
  link.hear({ type: "tracks", link: 1, tracks: [voice, camera] });
  const [first] = seen.tracks;
  expect(first?.map(({ source }) => source)).toEqual(["microphone", "camera"]);
  expect(first?.[0]?.live()).toBe(true);
  expect(worker.told).toEqual([{ type: "receive", stream: camera.stream, source: "camera" }]);
  link.hear({ type: "tracks", link: 1, tracks: [voice, camera] });
  expect(seen.tracks).toHaveLength(1);
  link.hear({ type: "tracks", link: 1, tracks: [voice] });
  expect(seen.tracks[1]?.[0]).toBe(first?.[0]);
  expect(worker.told.at(-1)).toEqual({ type: "end-receive", stream: camera.stream });
});

test("remote tracks say when they come and go", async () => {
  const { seen, sound, worker, link } = await start();
  const voice = { source: "microphone", stream: 2 ** 31 } as const;
  const camera = { source: "camera", stream: 2 ** 31 + 1 } as const;
  link.hear({ type: "tracks", link: 1, tracks: [voice, camera] });
  const [heard, watched] = seen.tracks[0] ?? [];
  const changes: string[] = [];
  heard?.onChange(() => changes.push(`voice ${heard.live()}`));
  watched?.onChange(() => changes.push(`camera ${watched.live()}`));
  link.hearLive(voice.stream, true);
  worker.say({ type: "live", stream: camera.stream, live: true });
  sound.hearLevels({
    type: "levels",
    microphone: -96,
    input: -96,
    remote: [{ stream: voice.stream, level: -30 }],
  });
  expect(heard?.level()).toBe(0.5);
  link.close();
  expect(changes).toEqual(["voice true", "camera true", "voice false", "camera false"]);
  expect(heard?.level()).toBe(0);
});

test("stats join the shell's and the worker's", async () => {
  const { bridge, worker, link } = await start();
  worker.say({
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

test("what it cannot carry is told, and does not end it", async () => {
  const { seen, link } = await start();
  link.hear({ type: "problems", link: 1, problems: ["no-video-codec"] });
  link.hear({ type: "problems", link: 1, problems: [] });
  expect(seen.problems).toEqual([["no-video-codec"], []]);
  expect(seen.statuses).toEqual([["connecting", ""]]);
  link.close();
  link.hear({ type: "problems", link: 1, problems: ["no-video-codec"] });
  expect(seen.problems).toHaveLength(2);
});
