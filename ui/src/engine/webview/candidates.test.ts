import { describe, expect, it } from "vitest";
import { RemoteCandidates } from "./candidates";

const sdp = (ufrag: string) => `v=0\r\nm=audio 9 X 111\r\na=mid:0\r\na=ice-ufrag:${ufrag}\r\n`;
const candidate = (
  sdpMid: string | null,
  usernameFragment?: string,
  sdpMLineIndex: number | null = null,
) => ({
  candidate: "candidate:1 1 udp 1 192.0.2.1 9 typ host",
  sdpMid,
  sdpMLineIndex,
  ...(usernameFragment === undefined ? {} : { usernameFragment }),
});

describe("candidates", () => {
  it("that come before the description wait for it", () => {
    const candidates = new RemoteCandidates();
    expect(candidates.accept(candidate("0", "A"))).toBe(false);
    expect(candidates.accept(null)).toBe(false);
    expect(candidates.described(sdp("A"))).toEqual([candidate("0", "A"), null]);
    expect(candidates.described(sdp("A"))).toEqual([]);
  });

  it("of another generation are dropped, waiting or not", () => {
    const candidates = new RemoteCandidates();
    candidates.accept(candidate("0", "OLD"));
    expect(candidates.described(sdp("A"))).toEqual([]);
    expect(candidates.accept(candidate("0", "A"))).toBe(true);
    candidates.described(sdp("B"));
    expect(candidates.accept(candidate("0", "A"))).toBe(false);
    expect(
      candidates.accept({ ...candidate("0"), candidate: "candidate:1 1 udp 1 x 9 typ host ufrag A" }),
    ).toBe(false);
  });

  it("without a generation are taken for the current one", () => {
    const candidates = new RemoteCandidates();
    candidates.described(sdp("A"));
    expect(candidates.accept(candidate("0"))).toBe(true);
    expect(candidates.accept(candidate(null, undefined, 0))).toBe(true);
  });

  it("of sections that do not exist are dropped", () => {
    const candidates = new RemoteCandidates();
    candidates.described(sdp("A"));
    expect(candidates.accept(candidate("7"))).toBe(false);
    expect(candidates.accept(candidate(null, undefined, 7))).toBe(false);
    expect(candidates.accept(candidate(null))).toBe(false);
  });

  it("that wait are bounded", () => {
    const candidates = new RemoteCandidates();
    for (let n = 0; n < 10_000; n++) candidates.accept(candidate("0"));
    expect(candidates.described(sdp("A"))).toHaveLength(128);
  });
});
