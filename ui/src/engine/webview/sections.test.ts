import { expect, it, vi } from "vitest";
import { Sections } from "./sections";

const SDP = "v=0\r\nm=audio 9 X 111\r\na=mid:0\r\nm=video 9 X 96\r\na=mid:1\r\n";

it("shows nothing of a source that a later version added, and takes nothing else for it", () => {
  vi.stubGlobal("MediaStream", class {});
  const transceivers = ["0", "1"].map((mid) => ({ mid, currentDirection: "recvonly", receiver: { mid } }));
  const pc = { getTransceivers: () => transceivers } as unknown as RTCPeerConnection;
  const sections = new Sections(pc, 1);
  sections.described(SDP, { 0: "microphone", 1: "whiteboard" });
  expect(sections.incoming().map(({ source }) => source)).toEqual(["microphone"]);
  sections.described(SDP, undefined);
  expect(sections.incoming().map(({ source }) => source)).toEqual(["microphone"]);
  vi.unstubAllGlobals();
});
