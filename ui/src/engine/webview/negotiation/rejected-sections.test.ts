import { expect, it } from "vitest";
import { linkProblems, type RejectedSections, rejectedSections } from "./rejected-sections";

const NONE: RejectedSections = new Map();
const sdp = (...sections: string[]) => ["v=0", ...sections.map((section) => `m=${section}`), ""].join("\r\n");
const audio = (port = 9) => `audio ${port} UDP/TLS/RTP/SAVPF 111\r\na=mid:0`;
const video = (port = 9, mid = "1") => `video ${port} UDP/TLS/RTP/SAVPF 96\r\na=mid:${mid}`;

it("an offered section that is answered with port zero has no common codec", () => {
  const rejected = rejectedSections(NONE, sdp(audio(), video()), sdp(audio(), video(0)));
  expect(linkProblems(rejected)).toEqual(["no-video-codec"]);
  expect(linkProblems(rejectedSections(NONE, sdp(audio(), video()), sdp(audio(0), video())))).toEqual([
    "no-audio-codec",
  ]);
  expect(linkProblems(rejectedSections(NONE, sdp(audio(), video()), sdp(audio(), video())))).toEqual([]);
});

it("is recognised without a mid in the answer", () => {
  const answer = sdp(audio(), "video 0 UDP/TLS/RTP/SAVPF 0");
  expect(linkProblems(rejectedSections(NONE, sdp(audio(), video()), answer))).toEqual(["no-video-codec"]);
});

it("a stopped section is no problem, and a rejected one stays rejected until its m-line is reused", () => {
  const stopped = rejectedSections(NONE, sdp(audio(), video(0)), sdp(audio(), video(0)));
  expect(linkProblems(stopped)).toEqual([]);
  const rejected = rejectedSections(NONE, sdp(audio(), video()), sdp(audio(), video(0)));
  const later = rejectedSections(rejected, sdp(audio(), video(0)), sdp(audio(), video(0)));
  expect(linkProblems(later)).toEqual(["no-video-codec"]);
  const other = rejectedSections(later, sdp(audio(), video(9, "4")), sdp(audio(), video(9, "4")));
  expect(linkProblems(other)).toEqual([]);
});

it("a bundle-only section, which has port zero, is not rejected", () => {
  const bundled = `${video(0)}\r\na=bundle-only`;
  expect(linkProblems(rejectedSections(NONE, sdp(audio(), bundled), sdp(audio(), video())))).toEqual([]);
});
