import { expect, it, vi } from "vitest";
import type { LinkStatus } from "../types";
import { createFilesLink, type FilesChannels, type FilesLink } from "./files-link";
import { EXPLAIN_AFTER_MS } from "./negotiation/hidden-addresses";
import { OFFER_WAIT_MS } from "./negotiation/negotiated-link";
import { sha256Fingerprint } from "./negotiation/sdp";
import { reportOpenedDevice } from "./opened-devices";
import { CHROMIUM, type FakeBrowser } from "./testing/fake-browser";
import { FakeSignaling, type Side } from "./testing/fake-signaling";
import { establishTransport } from "./testing/fake-transport";
import { stubLinkGlobals } from "./testing/link-globals";
import { iceServersOf, PeerConnectionsBySide } from "./testing/peer-connections-by-side";
import { StepQueue } from "./testing/step-queue";

stubLinkGlobals();

/** Two links and the signaling between them. `b` is polite. */
class Pair {
  readonly queue = new StepQueue();
  readonly signaling = new FakeSignaling(this.queue);
  readonly peerConnections: PeerConnectionsBySide;
  readonly statuses: Record<Side, LinkStatus[]> = { a: [], b: [] };
  readonly channels: Record<Side, [number, FilesChannels][]> = { a: [], b: [] };
  readonly links: Record<Side, FilesLink>;

  constructor(
    readonly offersFirst: Side[],
    browsers: Partial<Record<Side, FakeBrowser>> = {},
  ) {
    this.peerConnections = new PeerConnectionsBySide(this.queue, browsers);
    vi.stubGlobal("RTCPeerConnection", this.peerConnections.constructorFunction);
    this.links = { a: this.link("a"), b: this.link("b") };
  }

  link(side: Side): FilesLink {
    const link = createFilesLink({
      iceServers: iceServersOf(side),
      polite: side === "b",
      offerFirst: this.offersFirst.includes(side),
      send: (signal) => this.signaling.send(side, signal),
      events: {
        status: (status) => this.statuses[side].push(status),
        channels: (generation, channels) => this.channels[side].push([generation, channels]),
        fingerprints: () => {},
      },
    });
    this.signaling.receivers[side] = (signal) => link.receive(signal);
    return link;
  }
}

it("has two channels on each side, and no media", async () => {
  const pair = new Pair(["a"]);
  await pair.queue.drain();
  establishTransport(pair.peerConnections.current("a"), pair.peerConnections.current("b"));
  for (const side of ["a", "b"] as const) {
    expect(pair.statuses[side]).toEqual(["connecting", "connected"]);
    expect(pair.channels[side]).toHaveLength(1);
    const pc = pair.peerConnections.current(side);
    expect(pc.channels.map(({ label }) => label)).toEqual(["control", "bulk"]);
    expect(pc.getTransceivers()).toEqual([]);
  }
  for (const signal of pair.signaling.log.map(({ signal }) => signal)) {
    expect(signal.connection).toBe("files");
    expect(signal).not.toHaveProperty("tracks");
  }
  pair.links.a.close();
  expect(pair.statuses.a.at(-1)).toBe("closed");
});

it("becomes one connection where both sides begin at once", async () => {
  const pair = new Pair(["a", "b"]);
  await pair.queue.drain();
  establishTransport(pair.peerConnections.current("a"), pair.peerConnections.current("b"));
  for (const side of ["a", "b"] as const) expect(pair.statuses[side].at(-1)).toBe("connected");
  // The polite side gave its own offer up, with the connection that made it.
  const generations = pair.channels.b.map(([generation]) => generation);
  expect(new Set(generations).size).toBe(generations.length);
  expect(pair.peerConnections.current("a").signalingState).toBe("stable");
});

it("begins again when a device is opened, if both sides hid their addresses", async () => {
  const browser = { ...CHROMIUM, hidesAddresses: true };
  const pair = new Pair(["a"], { a: browser, b: { ...browser } });
  await pair.queue.drain();
  await vi.advanceTimersByTimeAsync(EXPLAIN_AFTER_MS);
  browser.hidesAddresses = false;
  reportOpenedDevice();
  await pair.queue.drain();
  establishTransport(pair.peerConnections.current("a"), pair.peerConnections.current("b"));
  expect(pair.statuses.a.at(-1)).toBe("connected");
  const generations = pair.channels.a.map(([generation]) => generation);
  expect(new Set(generations).size).toBe(2);
});

it("ignores signals of the media connection", async () => {
  const pair = new Pair([]);
  pair.links.a.receive({ connection: "media", description: { type: "offer", sdp: "v=0\r\n" } });
  await vi.advanceTimersByTimeAsync(OFFER_WAIT_MS - 1);
  expect(pair.signaling.log).toEqual([]);
});

it("reads fingerprints of SHA-256, and of nothing else", () => {
  const digits = Array.from({ length: 32 }, (_, index) => index.toString(16).padStart(2, "0")).join(":");
  expect(sha256Fingerprint(`a=fingerprint:sha-256 ${digits.toUpperCase()}\r\n`)).toBe(
    digits.replaceAll(":", ""),
  );
  expect(sha256Fingerprint(`a=fingerprint:SHA-256 ${digits}\r\n`)).toBe(digits.replaceAll(":", ""));
  expect(sha256Fingerprint(`a=fingerprint:sha-1 ${digits}\r\n`)).toBeNull();
  expect(sha256Fingerprint(`a=fingerprint:sha-256 ${digits}:00\r\n`)).toBeNull();
});
