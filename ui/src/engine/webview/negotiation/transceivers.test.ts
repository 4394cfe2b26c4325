import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { settled } from "../../../../tests/settled";
import type { Source } from "../../types";
import { CHROMIUM } from "../testing/fake-browser";
import { FakeMediaStream } from "../testing/fake-media";
import { FakePeerConnection } from "../testing/fake-peer-connection";
import { StepQueue } from "../testing/step-queue";
import { Transceivers } from "./transceivers";

beforeEach(() => vi.stubGlobal("MediaStream", FakeMediaStream));
afterEach(() => vi.unstubAllGlobals());

const ALONE = { links: 1, shownHeight: null, large: 0 };
const ALL = ["microphone", "camera", "screen", "screen-audio"] as const;
const track = (kind: string) => ({ media: { kind } as MediaStreamTrack });

/** A connection and its transceivers, and what a remote side would need to negotiate with it. */
function start() {
  const queue = new StepQueue();
  const pc = new FakePeerConnection("pc1", queue, CHROMIUM);
  const transceivers = new Transceivers(pc as unknown as RTCPeerConnection, ALONE);
  return {
    queue,
    pc,
    transceivers,
    /** Applies an offer of a second connection, up to the answer. */
    receiveOffer: async (
      tracks: Record<string, Source | "whiteboard"> | undefined,
      kinds: ("audio" | "video")[],
    ) => {
      const remote = new FakePeerConnection("pc2", queue, CHROMIUM);
      for (const kind of kinds) remote.addTransceiver(kind);
      const offered = remote.setLocalDescription();
      await queue.drain();
      await offered;
      const sdp = remote.localDescription?.sdp ?? "";
      const applied = pc.setRemoteDescription({ type: "offer", sdp });
      await queue.drain();
      await applied;
      transceivers.onRemoteDescription(sdp, tracks as Record<string, Source>);
    },
    answer: async () => {
      const answered = pc.setLocalDescription();
      await queue.drain();
      await answered;
    },
  };
}

it("microphone and camera have a transceiver from the start, a screen when it is shared", () => {
  const { pc, transceivers } = start();
  transceivers.setTrack("screen", track("video"), false);
  expect(pc.getTransceivers()).toEqual([]);
  transceivers.addInitial();
  expect(pc.getTransceivers().map(({ kind, direction }) => [kind, direction])).toEqual([
    ["audio", "sendrecv"],
    ["video", "sendrecv"],
    ["video", "sendonly"],
  ]);
  transceivers.setTrack("screen-audio", track("audio"), true);
  expect(pc.getTransceivers()).toHaveLength(4);
  expect(transceivers.sourcesByMid()).toEqual({}); // No mid before a description.
});

it("a source that is turned off keeps its transceiver: a camera's direction, not a screen's", async () => {
  const { pc, transceivers } = start();
  transceivers.addInitial();
  for (const source of ["camera", "screen"] as const) {
    transceivers.setTrack(source, track("video"), true);
    transceivers.setTrack(source, null, true);
  }
  await settled();
  const [, camera, screen] = pc.getTransceivers();
  expect([camera?.direction, screen?.direction]).toEqual(["sendrecv", "inactive"]);
  expect([camera?.sender.track, screen?.sender.track]).toEqual([null, null]);
  transceivers.setTrack("screen", track("video"), true);
  expect(screen?.direction).toBe("sendonly");
  expect(pc.getTransceivers()).toHaveLength(3);
});

it("microphone and camera share a stream, a screen and its audio another", () => {
  const { pc, transceivers } = start();
  for (const source of ALL) transceivers.setTrack(source, track("x"), true);
  const [microphone, camera, screen, audio] = pc.getTransceivers().map(({ sender }) => sender.streams[0]);
  expect(microphone).toBe(camera);
  expect(screen).toBe(audio);
  expect(screen).not.toBe(camera);
});

it("offered sections are used for microphone and camera, in place of transceivers that have no mid", async () => {
  const { pc, transceivers, receiveOffer, answer } = start();
  transceivers.setTrack("microphone", track("audio"), false);
  transceivers.addInitial();
  await receiveOffer({ 0: "microphone", 1: "camera", 2: "screen" }, ["audio", "video", "video"]);
  expect(transceivers.reuseOffered()).toBe(true);
  expect(transceivers.reuseOffered()).toBe(false);
  await answer();
  expect(transceivers.sourcesByMid()).toEqual({ 0: "microphone", 1: "camera" });
  expect(pc.getTransceivers().map(({ mid, currentDirection }) => [mid, currentDirection])).toEqual([
    ["0", "sendrecv"],
    ["1", "sendrecv"],
    ["2", "recvonly"],
  ]);
  expect(pc.getTransceivers()[0]?.sender.track).toMatchObject({ kind: "audio" });
  expect(transceivers.receiving().map(({ source }) => source)).toEqual(["microphone", "camera", "screen"]);
});

it("without `tracks` the order of the sections says what they carry", async () => {
  const { transceivers, receiveOffer } = start();
  await receiveOffer(undefined, ["video", "audio", "video", "audio"]);
  const sources = ["0", "1", "2", "3"].map((mid) => transceivers.sourceOfMid(mid, "received"));
  expect(sources).toEqual(["camera", "microphone", "screen", "screen-audio"]);
});

it("a source that a later version added is not shown, and does not take the place of another", async () => {
  const { transceivers, receiveOffer, answer } = start();
  await receiveOffer({ 0: "microphone", 1: "whiteboard" }, ["audio", "video"]);
  transceivers.reuseOffered();
  await answer();
  expect(transceivers.receiving().map(({ source }) => source)).toEqual(["microphone"]);
  transceivers.onRemoteDescription(
    "v=0\r\nm=audio 9 X 111\r\na=mid:0\r\nm=video 9 X 96\r\na=mid:1\r\n",
    undefined,
  );
  expect(transceivers.sourceOfMid("1", "received")).toBeNull();
});

it("the `tracks` of a description replace those of the one before", () => {
  const { transceivers } = start();
  const sdp = "v=0\r\nm=audio 9 X 111\r\na=mid:0\r\nm=video 9 X 96\r\na=mid:1\r\n";
  transceivers.onRemoteDescription(sdp, { 0: "microphone", 1: "camera" });
  transceivers.onRemoteDescription(sdp, { 1: "screen" });
  const sources = ["0", "1"].map((mid) => transceivers.sourceOfMid(mid, "received"));
  expect(sources).toEqual([null, "screen"]);
});

it("a mid that a description no longer has is forgotten", () => {
  const { transceivers } = start();
  transceivers.onRemoteDescription("v=0\r\nm=audio 9 X 111\r\na=mid:0\r\n", { 0: "microphone" });
  transceivers.onRemoteDescription("v=0\r\nm=audio 9 X 111\r\na=mid:5\r\n", { 5: "microphone" });
  expect(transceivers.sourceOfMid("0", "received")).toBeNull();
  expect(transceivers.sourceOfMid("5", "received")).toBe("microphone");
});

it("encoding limits follow the number of links and the size shown, once senders have encodings", async () => {
  const { pc, transceivers, receiveOffer, answer } = start();
  transceivers.setTrack("camera", track("video"), false);
  await receiveOffer({ 0: "microphone", 1: "camera" }, ["audio", "video"]);
  transceivers.reuseOffered();
  await settled();
  const camera = () => pc.getTransceivers()[1]?.sender.parameters;
  expect(camera()?.encodings).toEqual([]);
  await answer();
  transceivers.applyEncodingLimits();
  await settled();
  expect(camera()).toMatchObject({
    degradationPreference: "balanced",
    encodings: [{ maxBitrate: 1_800_000, scaleResolutionDownBy: 1 }],
  });
  transceivers.setDemand({ ...ALONE, links: 7 });
  await settled();
  expect(camera()?.encodings).toMatchObject([{ maxBitrate: 400_000, scaleResolutionDownBy: 2 }]);
  transceivers.setDemand({ links: 7, shownHeight: 100, large: 0 });
  await settled();
  expect(camera()?.encodings).toMatchObject([{ maxBitrate: 150_000, scaleResolutionDownBy: 4 }]);
});

it("a shared screen is limited by its size, and again when that changes", async () => {
  const { pc, transceivers, receiveOffer, answer, queue } = start();
  const size = { width: 3840, height: 2160 };
  const media = { kind: "video", getSettings: () => size } as unknown as MediaStreamTrack;
  await receiveOffer({ 0: "microphone", 1: "camera" }, ["audio", "video"]);
  transceivers.reuseOffered();
  await answer();
  transceivers.setTrack("screen", { media, content: "motion" }, true);
  const offered = pc.setLocalDescription();
  await queue.drain();
  await offered;
  const screen = pc.getTransceivers()[2]?.sender;
  if (screen) screen.parameters = { encodings: [{}] };
  transceivers.applyEncodingLimits();
  await settled();
  expect(screen?.parameters).toMatchObject({
    degradationPreference: "maintain-framerate",
    encodings: [{ scaleResolutionDownBy: 2, maxFramerate: 30 }],
  });
  Object.assign(size, { width: 1280, height: 720 });
  transceivers.tick(0);
  await settled();
  expect(screen?.parameters.encodings).toMatchObject([{ scaleResolutionDownBy: 1 }]);
});

it("the codec order of the SDP sent is that of each section's source", async () => {
  const { pc, transceivers, queue } = start();
  transceivers.addInitial();
  transceivers.setTrack("screen", track("video"), true);
  const offered = pc.setLocalDescription();
  await queue.drain();
  await offered;
  const lines = transceivers.withPreferences(pc.localDescription?.sdp ?? "").match(/^m=video.*$/gm);
  expect(lines).toEqual(["m=video 9 UDP/TLS/RTP/SAVPF 96 98 102", "m=video 9 UDP/TLS/RTP/SAVPF 98 96 102"]);
});

it("the sound of a screen is requested in stereo and without DTX, by both sides; speech with DTX", async () => {
  const { pc, transceivers, queue } = start();
  transceivers.addInitial();
  transceivers.setTrack("screen-audio", track("audio"), true);
  const offered = pc.setLocalDescription();
  await queue.drain();
  await offered;
  const parameters = (sdp = "") => transceivers.withPreferences(sdp).match(/^a=fmtp:111.*$/gm);
  const speech = "a=fmtp:111 useinbandfec=1;usedtx=1";
  const music = "a=fmtp:111 stereo=1;sprop-stereo=1;useinbandfec=1";
  expect(parameters(pc.localDescription?.sdp)).toEqual([speech, music]);

  const other = start();
  await other.receiveOffer({ 0: "microphone", 1: "screen-audio" }, ["audio", "audio"]);
  await other.answer();
  const answered = other.transceivers.withPreferences(other.pc.localDescription?.sdp ?? "");
  expect(answered.match(/^a=fmtp:111.*$/gm)).toEqual([speech, music]);
  // The receiver's own description says so as well, or Chromium would decode it in mono.
  const own = other.transceivers.localChange()?.(other.pc.localDescription?.sdp ?? "");
  expect(own?.match(/^a=fmtp:111.*$/gm)).toEqual(["a=fmtp:111 stereo=1"]);
  expect(transceivers.localChange()).toBeNull();
});

it("nothing rejects when the connection is closed while a track is set", async () => {
  const { pc, transceivers } = start();
  transceivers.addInitial();
  transceivers.setTrack("camera", track("video"), true);
  pc.close();
  // Vitest reports an unhandled rejection as a failure.
  await settled();
  expect(pc.allTransceivers.map(({ stopped }) => stopped)).toEqual([true, true]);
});
