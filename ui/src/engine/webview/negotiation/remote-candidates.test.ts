import { describe, expect, it } from "vitest";
import { MAX_CANDIDATES, MAX_PER_ADDRESS, RemoteCandidates } from "./remote-candidates";

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

describe("remote candidates", () => {
  it("that precede the description are kept for it", () => {
    const candidates = new RemoteCandidates();
    expect(candidates.accept(candidate("0", "A"))).toBe(false);
    expect(candidates.accept(null)).toBe(false);
    expect(candidates.onDescription(sdp("A"))).toEqual([candidate("0", "A"), null]);
    expect(candidates.onDescription(sdp("A"))).toEqual([]);
  });

  it("of another ICE generation are dropped, before and after the description", () => {
    const candidates = new RemoteCandidates();
    candidates.accept(candidate("0", "OLD"));
    expect(candidates.onDescription(sdp("A"))).toEqual([]);
    expect(candidates.accept(candidate("0", "A"))).toBe(true);
    candidates.onDescription(sdp("B"));
    expect(candidates.accept(candidate("0", "A"))).toBe(false);
    expect(
      candidates.accept({ ...candidate("0"), candidate: "candidate:1 1 udp 1 x 9 typ host ufrag A" }),
    ).toBe(false);
  });

  it("without a ufrag belong to the current generation", () => {
    const candidates = new RemoteCandidates();
    candidates.onDescription(sdp("A"));
    expect(candidates.accept(candidate("0"))).toBe(true);
    expect(candidates.accept(candidate(null, undefined, 0))).toBe(true);
  });

  it("of unknown sections are dropped", () => {
    const candidates = new RemoteCandidates();
    candidates.onDescription(sdp("A"));
    expect(candidates.accept(candidate("7"))).toBe(false);
    expect(candidates.accept(candidate(null, undefined, 7))).toBe(false);
    expect(candidates.accept(candidate(null))).toBe(false);
  });

  it("that precede the description are bounded", () => {
    const candidates = new RemoteCandidates();
    for (let n = 0; n < 10_000; n++) candidates.accept(candidate("0"));
    expect(candidates.onDescription(sdp("A"))).toHaveLength(128);
  });
});

describe("candidates above the limits", () => {
  const at = (address: string, port: number) => `candidate:1 1 udp 1 ${address} ${port} typ host`;
  const ports = Array.from({ length: 400 }, (_, index) => 20_000 + index);
  const hosts = Array.from({ length: 200 }, (_, index) => `10.9.4.${index}`);
  const accepted = (candidates: RemoteCandidates, lines: string[]) =>
    lines.filter((line) => candidates.accept({ candidate: line, sdpMid: "0", sdpMLineIndex: 0 })).length;

  it("of one address, and in total, are dropped and counted", () => {
    const candidates = new RemoteCandidates();
    candidates.onDescription(sdp("A"));
    const ofOne = accepted(
      candidates,
      ports.map((port) => at("10.9.3.2", port)),
    );
    expect(ofOne).toBe(MAX_PER_ADDRESS);
    const ofMany = accepted(
      candidates,
      hosts.map((host) => at(host, 9)),
    );
    expect(ofOne + ofMany).toBe(MAX_CANDIDATES);
    expect(candidates.dropped).toBe(600 - MAX_CANDIDATES);
    // Used candidates stay accepted, and end-of-candidates does not count.
    expect(accepted(candidates, [at("10.9.3.2", 20_000), ""])).toBe(2);
    expect(candidates.accept(null)).toBe(true);
  });

  it("count in a description too, which is otherwise unchanged", () => {
    const candidates = new RemoteCandidates();
    const lines = ports.map((port) => `a=${at("10.9.3.2", port)}\r\n`);
    const limited = candidates.limit(`${sdp("A")}${lines.join("")}a=end-of-candidates\r\n`);
    expect(limited).toBe(`${sdp("A")}${lines.slice(0, MAX_PER_ADDRESS).join("")}a=end-of-candidates\r\n`);
    candidates.onDescription(limited);
    expect(accepted(candidates, [at("10.9.3.2", 9)])).toBe(0);
    expect(accepted(candidates, [at("10.9.3.3", 9)])).toBe(1);
  });

  it("count when they preceded their description", () => {
    const candidates = new RemoteCandidates();
    for (const port of ports) candidates.accept({ ...candidate("0"), candidate: at("10.9.3.2", port) });
    candidates.limit(sdp("A"));
    expect(candidates.onDescription(sdp("A"))).toHaveLength(MAX_PER_ADDRESS);
  });

  it("are counted from zero after an ICE restart only", () => {
    const candidates = new RemoteCandidates();
    const all = ports.map((port) => at("10.9.3.2", port));
    for (const [ufrag, fresh] of [
      ["A", MAX_PER_ADDRESS],
      ["A", 0],
      ["B", MAX_PER_ADDRESS],
    ] as const) {
      candidates.onDescription(candidates.limit(sdp(ufrag)));
      const before = fresh === 0 ? all.slice(MAX_PER_ADDRESS) : all;
      expect(accepted(candidates, before)).toBe(fresh);
    }
  });
});
