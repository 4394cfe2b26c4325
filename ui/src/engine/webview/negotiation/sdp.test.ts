import { describe, expect, it } from "vitest";
import { iceUfrag, mediaSections, orderFormats, originOf, setOpusParameters, withoutCandidates } from "./sdp";

const SDP = [
  "v=0",
  "o=- 4611731400430051336 2 IN IP4 127.0.0.1",
  "s=-",
  "t=0 0",
  "a=ice-ufrag:SESS",
  "m=audio 9 UDP/TLS/RTP/SAVPF 111 0",
  "a=mid:0",
  "a=ice-ufrag:AAAA",
  "a=rtpmap:111 opus/48000/2",
  "a=fmtp:111 minptime=10;useinbandfec=0",
  "a=rtpmap:0 PCMU/8000",
  "m=video 0 UDP/TLS/RTP/SAVPF 96",
  "a=mid:1",
  "m=video 0 UDP/TLS/RTP/SAVPF 96",
  "a=mid:2",
  "a=bundle-only",
  "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
  "",
].join("\r\n");

describe("media sections", () => {
  it("are read in order, with the session-level ufrag if they have none", () => {
    expect(mediaSections(SDP)).toEqual([
      { kind: "audio", mid: "0", ufrag: "AAAA", portZero: false },
      { kind: "video", mid: "1", ufrag: "SESS", portZero: true },
      { kind: "video", mid: "2", ufrag: "SESS", portZero: false },
      { kind: "application", mid: null, ufrag: "SESS", portZero: false },
    ]);
  });

  it("are none if the text is no SDP", () => {
    expect(mediaSections("")).toEqual([]);
    expect(mediaSections("hello")).toEqual([]);
  });
});

it("the origin differs between RTCPeerConnections, not between the offers of one", () => {
  expect(originOf(SDP)).toBe(originOf(SDP.replace("6 2 IN", "6 3 IN")));
  expect(originOf(SDP)).not.toBe(originOf(SDP.replace("o=- 46", "o=- 47")));
  const firefox = "v=0\r\no=mozilla...THIS_IS_SDPARTA-99.0 7612946916446685582 0 IN IP4 0.0.0.0\r\n";
  expect(originOf(firefox)).not.toBeNull();
  expect(originOf(firefox)).toBe(originOf(firefox.replace(" 0 IN", " 1 IN")));
  expect(originOf(firefox)).not.toBe(originOf(firefox.replace("82 0", "83 0")));
  expect(originOf("v=0")).toBeNull();
});

describe("parameters of Opus", () => {
  const wanted = { useinbandfec: "1", usedtx: "1" };
  const set = (sdp: string) => setOpusParameters(sdp, () => wanted);

  it("are set once, and the others are kept", () => {
    expect(set(SDP)).toContain("a=fmtp:111 minptime=10;useinbandfec=1;usedtx=1\r\n");
    expect(set(set(SDP))).toBe(set(SDP));
  });

  it("get an fmtp line if there is none", () => {
    const bare = SDP.replace("a=fmtp:111 minptime=10;useinbandfec=0\r\n", "");
    expect(set(bare)).toContain("a=rtpmap:111 opus/48000/2\r\na=fmtp:111 useinbandfec=1;usedtx=1\r\n");
  });

  it("that are there already leave the line as it is", () => {
    const firefox = SDP.replace(
      "minptime=10;useinbandfec=0",
      "maxplaybackrate=48000;stereo=1;useinbandfec=1",
    );
    expect(setOpusParameters(firefox, () => ({ stereo: "1" }))).toBe(firefox);
    expect(setOpusParameters(firefox, () => ({ stereo: null }))).not.toBe(firefox);
  });

  it("change nothing else", () => {
    const changed = set(SDP).split("\r\n");
    const differing = SDP.split("\r\n").filter((line, index) => line !== changed[index]);
    expect(differing).toEqual(["a=fmtp:111 minptime=10;useinbandfec=0"]);
    expect(set("v=0\nm=video 9 X 96\n")).toBe("v=0\nm=video 9 X 96\n");
    expect(setOpusParameters(SDP, () => null)).toBe(SDP);
  });

  it("are those of each section, and can be removed", () => {
    const audio = SDP.slice(SDP.indexOf("m=audio"), SDP.indexOf("m=video"));
    const two = SDP + audio.replace("mid:0", "mid:3").replace("minptime=10", "usedtx=1;stereo=0");
    const changed = setOpusParameters(two, (mid) => (mid === "3" ? { stereo: "1", usedtx: null } : null));
    expect(changed.match(/^a=fmtp.*$/gm)).toEqual([
      "a=fmtp:111 minptime=10;useinbandfec=0",
      "a=fmtp:111 useinbandfec=0;stereo=1",
    ]);
  });
});

it("the ufrag differs between ICE generations", () => {
  expect(iceUfrag(SDP)).toBe("SESS");
  expect(iceUfrag(SDP.replaceAll("SESS", "NEXT"))).toBe("NEXT");
  expect(iceUfrag("v=0\r\n")).toBeNull();
});

describe("a description that is sent again", () => {
  const gathered = SDP.replace("m=audio 9 ", "m=audio 53086 ").replace(
    "a=mid:0",
    "c=IN IP4 192.0.2.1\r\na=rtcp:9 IN IP4 0.0.0.0\r\na=candidate:0 1 UDP 1 192.0.2.1 53086 typ host\r\n" +
      "a=end-of-candidates\r\na=mid:0",
  );

  it("is equal, whatever was gathered in between", () => {
    expect(gathered).not.toBe(SDP);
    expect(withoutCandidates(gathered)).toBe(withoutCandidates(SDP));
  });

  it("is not equal with any other difference", () => {
    for (const other of [
      SDP.replace("6 2 IN", "6 3 IN"),
      SDP.replace("AAAA", "BBBB"),
      SDP.replace("m=audio 9", "m=audio 0"),
      SDP.replace("a=mid:2", "a=mid:2\r\na=inactive"),
    ])
      expect(withoutCandidates(other)).not.toBe(withoutCandidates(SDP));
  });
});

describe("formats", () => {
  const video = (formats: string) =>
    [
      "v=0",
      "m=audio 9 UDP/TLS/RTP/SAVPF 111 96",
      "a=mid:0",
      "a=rtpmap:111 opus/48000/2",
      `m=video 9 UDP/TLS/RTP/SAVPF ${formats}`,
      "a=mid:1",
      "a=rtpmap:96 VP8/90000",
      "a=rtpmap:97 rtx/90000",
      "a=rtpmap:98 VP9/90000",
      "m=video 0 UDP/TLS/RTP/SAVPF 96",
      "a=rtpmap:96 VP8/90000",
      "",
    ].join("\r\n");

  it("are reordered, and nothing else changes", () => {
    const calls: string[] = [];
    const sdp = orderFormats(video("96 97 98"), "video", (mid, formats) => {
      calls.push(`${mid}: ${formats.map(({ payload, mimeType }) => `${payload} ${mimeType}`).join(", ")}`);
      return [...formats].reverse();
    });
    expect(sdp).toBe(video("98 97 96"));
    expect(calls).toEqual(["1: 96 video/VP8, 97 video/rtx, 98 video/VP9"]);
  });

  it("without an rtpmap, or that are not ordered, go last", () => {
    expect(orderFormats(video("35 96 97 98"), "video", (_, [, , vp9]) => (vp9 ? [vp9] : []))).toBe(
      video("98 35 96 97"),
    );
    expect(orderFormats("v=0\r\n", "video", () => [])).toBe("v=0\r\n");
  });
});
