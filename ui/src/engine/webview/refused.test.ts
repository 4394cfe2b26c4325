import { expect, it } from "vitest";
import { problemsOf, type Refused, refusedAfter } from "./refused";

const NOTHING: Refused = new Map();
const sdp = (...sections: string[]) => ["v=0", ...sections.map((section) => `m=${section}`), ""].join("\r\n");
const audio = (port = 9) => `audio ${port} UDP/TLS/RTP/SAVPF 111\r\na=mid:0`;
const video = (port = 9, mid = "1") => `video ${port} UDP/TLS/RTP/SAVPF 96\r\na=mid:${mid}`;

it("an offered section that is answered with port zero lacks a codec", () => {
  const refused = refusedAfter(NOTHING, sdp(audio(), video()), sdp(audio(), video(0)));
  expect(problemsOf(refused)).toEqual(["no-video-codec"]);
  expect(problemsOf(refusedAfter(NOTHING, sdp(audio(), video()), sdp(audio(0), video())))).toEqual([
    "no-audio-codec",
  ]);
  expect(problemsOf(refusedAfter(NOTHING, sdp(audio(), video()), sdp(audio(), video())))).toEqual([]);
});

it("is known without its name in the answer", () => {
  const answer = sdp(audio(), "video 0 UDP/TLS/RTP/SAVPF 0");
  expect(problemsOf(refusedAfter(NOTHING, sdp(audio(), video()), answer))).toEqual(["no-video-codec"]);
});

it("one that was put away lacks nothing, and one that was refused stays so until another takes its place", () => {
  const away = refusedAfter(NOTHING, sdp(audio(), video(0)), sdp(audio(), video(0)));
  expect(problemsOf(away)).toEqual([]);
  const refused = refusedAfter(NOTHING, sdp(audio(), video()), sdp(audio(), video(0)));
  const later = refusedAfter(refused, sdp(audio(), video(0)), sdp(audio(), video(0)));
  expect(problemsOf(later)).toEqual(["no-video-codec"]);
  const other = refusedAfter(later, sdp(audio(), video(9, "4")), sdp(audio(), video(9, "4")));
  expect(problemsOf(other)).toEqual([]);
});

it("a section without a transport of its own is not refused", () => {
  const bundled = `${video(0)}\r\na=bundle-only`;
  expect(problemsOf(refusedAfter(NOTHING, sdp(audio(), bundled), sdp(audio(), video())))).toEqual([]);
});
