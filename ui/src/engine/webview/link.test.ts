import { describe, expect, it, vi } from "vitest";
import { FakeMedia } from "../../../tests/fake-native";
import type { PeerSignal } from "../../protocol/generated";
import type { Source } from "../types";
import { WebviewLocalTrack } from "./media/local-track";
import { OFFER_WAIT_MS } from "./negotiation/negotiated-link";
import { disagreement } from "./testing/agreement";
import { CHROMIUM } from "./testing/fake-browser";
import { laneOf } from "./testing/fake-signaling";
import { establishTransport } from "./testing/fake-transport";
import { stubLinkGlobals } from "./testing/link-globals";
import { LinkPair, type LinkPairOptions, NO_AUDIO } from "./testing/link-pair";

stubLinkGlobals();

const newPair = (options: LinkPairOptions = {}) =>
  new LinkPair((made) => vi.stubGlobal("RTCPeerConnection", made), options);

const track = (source: Source) => new WebviewLocalTrack(source, new FakeMedia().track, NO_AUDIO, "text");

const connectedPair = async (options: LinkPairOptions = {}) => {
  const pair = newPair(options);
  await pair.queue.drain();
  establishTransport(pair.pc("a"), pair.pc("b"));
  return pair;
};

const expectAgreement = (pair: LinkPair) => expect(disagreement(pair.pc("a"), pair.pc("b"))).toBeNull();

describe("a new link", () => {
  it("is negotiated by the side that offers first, and connects", async () => {
    const pair = await connectedPair();
    expectAgreement(pair);
    for (const side of [pair.a, pair.b]) {
      expect(side.statuses).toEqual([
        ["connecting", ""],
        ["connected", ""],
      ]);
      expect(side.tracks.map(({ source }) => source)).toEqual(["microphone", "camera"]);
      expect(side.opened).toBe(1);
    }
    expect(pair.a.link.sendMessage("hi")).toBe(true);
    expect(pair.b.messages).toEqual(["hi"]);
    pair.close();
    expect(pair.pc("a").closed).toBe(true);
    expect(pair.a.statuses.at(-1)).toEqual(["closed", ""]);
    expect(pair.a.link.sendMessage("late")).toBe(false);
  });

  it("is offered by the waiting side when no offer comes", async () => {
    const pair = newPair({ offersFirst: null });
    await vi.advanceTimersByTimeAsync(OFFER_WAIT_MS - 1);
    expect(pair.signaling.log).toEqual([]);
    pair.a.link.close();
    await vi.advanceTimersByTimeAsync(1);
    await pair.queue.drain();
    expect(pair.signaling.descriptions("a")).toEqual([]);
    expect(pair.signaling.descriptions("b").map(({ type }) => type)).toEqual(["offer"]);
    pair.b.link.close();
  });

  it("is one offer for everything that is set right after it was made", async () => {
    const pair = newPair();
    pair.a.link.setTrack("screen", track("screen"));
    pair.a.link.setTrack("camera", track("camera"));
    await pair.queue.drain();
    expect(pair.signaling.descriptions("a")).toHaveLength(1);
    expect(pair.b.tracks.map(({ source }) => source)).toEqual(["microphone", "camera", "screen"]);
    pair.close();
  });

  it("names the media without a common codec, and connects all the same", async () => {
    const pair = await connectedPair({
      browsers: { b: { ...CHROMIUM, codecs: { ...CHROMIUM.codecs, video: [] } } },
    });
    for (const side of [pair.a, pair.b]) {
      expect(side.problems).toEqual(["no-video-codec"]);
      expect(side.statuses.at(-1)).toEqual(["connected", ""]);
    }
    pair.close();
  });
});

describe("first offers that cross", () => {
  it.each(["a", "b"] as const)(
    "end in one exchange on a new connection of the polite side (%s first)",
    async (first) => {
      const pair = newPair({ offersFirst: null });
      await vi.advanceTimersByTimeAsync(OFFER_WAIT_MS);
      await pair.signaling.runLocally();
      await pair.signaling.deliver(first);
      await pair.queue.drain();
      expectAgreement(pair);
      expect(pair.peerConnections.of("a")).toHaveLength(1);
      expect(pair.peerConnections.of("b").map(({ closed }) => closed)).toEqual([true, false]);
      expect(pair.pc("b").history).not.toContain("rollback");
      pair.close();
    },
  );

  it("replace a connection whose offer was not made yet, on either side", async () => {
    for (const waiting of ["a", "b"] as const) {
      const pair = newPair({ offersFirst: waiting === "a" ? "b" : "a" });
      await pair.signaling.runLocally();
      // The timer fires, and the browser has not fired `negotiationneeded`.
      await vi.advanceTimersByTimeAsync(OFFER_WAIT_MS);
      await pair.signaling.deliver(waiting === "a" ? "b" : "a");
      await pair.queue.drain();
      expectAgreement(pair);
      expect(pair.peerConnections.of(waiting)).toHaveLength(2);
      expect(pair.signaling.descriptions(waiting).map(({ type }) => type)).toEqual(["answer"]);
      pair.close();
    }
  });

  it("do not happen when the timer fires while the remote offer is being applied", async () => {
    const pair = newPair();
    await pair.signaling.runLocally();
    await pair.queue.run(laneOf("a"));
    await pair.queue.run(`${pair.pc("b").name} operations`);
    expect(pair.pc("b").remoteDescription).toBeNull();
    await vi.advanceTimersByTimeAsync(OFFER_WAIT_MS);
    await pair.queue.drain();
    expectAgreement(pair);
    expect(pair.peerConnections.of("b")).toHaveLength(1);
    // Not even stopped ones, for which Chromium would negotiate without end.
    expect(pair.pc("b").allTransceivers).toHaveLength(2);
    expect(pair.signaling.descriptions("b").map(({ type }) => type)).toEqual(["answer"]);
    pair.close();
  });
});

describe("the remote connection", () => {
  /** Firefox's `o=` line, which Chromium rewrites in `remoteDescription`. */
  const FIREFOX = "o=mozilla...THIS_IS_SDPARTA-99.0 7612946916446685582 0 IN IP4 0.0.0.0";
  const offer = async (pair: LinkPair, origin: string) => {
    const before = pair.signaling.descriptions("b").length;
    pair.b.link.receive({
      connection: "media",
      description: { type: "offer", sdp: `v=0\r\n${origin}\r\ns=-\r\n` },
      tracks: {},
    });
    await pair.signaling.runLocally();
    return pair.signaling.descriptions("b").length - before;
  };

  it("is the same for all its offers, although the browser rewrites their origin", async () => {
    const pair = newPair({ offersFirst: null });
    for (const version of [0, 1, 2])
      expect(await offer(pair, FIREFOX.replace(" 0 IN", ` ${version} IN`))).toBe(1);
    expect(pair.peerConnections.of("b")).toHaveLength(1);
    expect(pair.b.statuses).toEqual([["connecting", ""]]);
    pair.close();
  });

  it("is another one when the origin's session differs, and gets a new local connection", async () => {
    const pair = newPair({ offersFirst: null });
    await offer(pair, FIREFOX);
    expect(await offer(pair, FIREFOX.replace("5582", "5583"))).toBe(1);
    expect(pair.peerConnections.of("b").map(({ closed }) => closed)).toEqual([true, false]);
    expect(pair.b.statuses.at(-1)).toEqual(["connecting", "the other side began again"]);
    pair.close();
  });

  it("is not known from an offer that could not be applied", async () => {
    const pair = newPair({ offersFirst: null });
    await offer(pair, FIREFOX);
    pair.b.link.receive({
      connection: "media",
      description: { type: "offer", sdp: `broken\r\n${FIREFOX.replace(" 0 IN", " 1 IN")}` },
      tracks: {},
    });
    await pair.signaling.runLocally();
    expect(await offer(pair, FIREFOX.replace(" 0 IN", " 2 IN"))).toBe(1);
    expect(pair.peerConnections.of("b")).toHaveLength(1);
    pair.close();
  });

  it("is nothing to a link that is closed because of it", async () => {
    const pair = await connectedPair();
    pair.b.link.setTrack("screen", track("screen"));
    await pair.queue.drain();
    pair.b.statuses.push = ([, detail]) => {
      if (detail === "the other side began again") pair.b.link.close();
      return 0;
    };
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => unhandled.push(reason);
    process.on("unhandledRejection", note);
    pair.reopen("a");
    await pair.queue.drain();
    await vi.advanceTimersByTimeAsync(100);
    vi.useRealTimers();
    await new Promise((resolve) => setTimeout(resolve, 20));
    process.off("unhandledRejection", note);
    expect(unhandled).toEqual([]);
    expect(pair.pc("b").closed).toBe(true);
    pair.close();
  });

  it("that was replaced is negotiated with again, with the tracks sent before", async () => {
    const pair = await connectedPair();
    pair.b.link.setTrack("screen", track("screen"));
    await pair.queue.drain();
    pair.reopen("a");
    await pair.queue.drain();
    expectAgreement(pair);
    expect(pair.b.statuses.at(-1)).toEqual(["connecting", "the other side began again"]);
    expect(pair.a.tracks.map(({ source }) => source)).toEqual(["microphone", "camera", "screen"]);
    establishTransport(pair.pc("a"), pair.pc("b"));
    expect(pair.b.opened).toBe(2);
    expect(pair.b.link.sendMessage("hi")).toBe(true);
    expect(pair.a.messages).toEqual(["hi"]);
    pair.close();
  });
});

describe("an offer that arrives again", () => {
  it("is answered as before, without a rollback of a newer local offer", async () => {
    const pair = await connectedPair();
    const [first] = pair.signaling.log;
    const [answer] = pair.signaling.descriptions("b");
    pair.b.link.setTrack("screen", track("screen"));
    await pair.signaling.runLocally();
    expect(pair.pc("b").signalingState).toBe("have-local-offer");
    if (first && "description" in first.signal) {
      // More candidates were gathered since.
      const sdp = `${first.signal.description.sdp}a=candidate:0 1 UDP 1 192.0.2.1 5000 typ host\r\n`;
      pair.b.link.receive({ ...first.signal, description: { type: "offer", sdp } });
    }
    await pair.signaling.runLocally();
    expect(pair.signaling.descriptions("b").at(-1)).toEqual(answer);
    expect(pair.pc("b").signalingState).toBe("have-local-offer");
    await pair.queue.drain();
    expectAgreement(pair);
    pair.close();
  });
});

describe("an answer to new sections that this side sends in", () => {
  it("is provisional first, and is sent before its candidates", async () => {
    const pair = await connectedPair();
    expect(pair.pc("b").history).toEqual(["remote offer", "local pranswer", "local answer"]);
    const types = pair.signaling.log
      .filter(({ from }) => from === "b")
      .map(({ signal }) => ("description" in signal ? signal.description.type : "candidate"));
    expect(types).toEqual(["answer", "candidate", "candidate"]);

    // The next offer has no such section.
    pair.a.link.setTrack("screen", track("screen"));
    await pair.queue.drain();
    expect(pair.pc("b").history.slice(3)).toEqual(["remote offer", "local answer"]);
    pair.close();
  });
});

describe("recovery", () => {
  it("restarts ICE after the path was lost, and connects again", async () => {
    const pair = await connectedPair();
    const before = pair.pc("a").ufrags;
    pair.pc("a").setConnectionState("disconnected");
    expect(pair.a.statuses.at(-1)).toEqual(["reconnecting", "the path was lost"]);
    await vi.advanceTimersByTimeAsync(2_500);
    await pair.queue.drain();
    expectAgreement(pair);
    expect(pair.pc("a").ufrags.local).not.toBe(before.local);
    establishTransport(pair.pc("a"), pair.pc("b"));
    expect(pair.a.statuses.at(-1)).toEqual(["connected", ""]);
    pair.close();
  });

  it("sends a pending offer every four seconds, and stops when the link has failed", async () => {
    const pair = newPair();
    pair.signaling.transform = () => [];
    await pair.queue.drain();
    await vi.advanceTimersByTimeAsync(29_000);
    expect(pair.signaling.descriptions("a")).toHaveLength(1 + 7);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(pair.signaling.descriptions("a")).toHaveLength(1 + 7);
    expect(pair.a.statuses.at(-1)).toEqual(["failed", "the other side did not answer"]);
    pair.close();
  });

  it("fails a link that never connected when the answer cannot be applied, and a retry connects it", async () => {
    const pair = newPair();
    pair.signaling.transform = (signal, from) =>
      from === "b" && "description" in signal
        ? [{ ...signal, description: { ...signal.description, sdp: "broken" } }]
        : [signal];
    await pair.queue.drain();
    expect(pair.a.statuses.at(-1)?.[0]).toBe("failed");
    expect(pair.a.statuses.at(-1)?.[1]).toContain("negotiation: ");
    pair.signaling.transform = (signal) => [signal];
    await vi.advanceTimersByTimeAsync(1_000);
    pair.a.link.restartIce();
    await pair.queue.drain();
    expectAgreement(pair);
    establishTransport(pair.pc("a"), pair.pc("b"));
    expect(pair.a.statuses.at(-1)).toEqual(["connected", ""]);
    pair.close();
  });

  it("does not fail a connected link whose negotiation fails", async () => {
    const pair = await connectedPair();
    for (const type of ["offer", "answer"] as const)
      pair.a.link.receive({ connection: "media", description: { type, sdp: "broken" } });
    await pair.queue.drain();
    expect(pair.a.statuses.at(-1)).toEqual(["connected", ""]);
    expect(pair.a.link.sendMessage("still here")).toBe(true);
    pair.close();
  });
});

it("a flood of signals is dropped, not queued without a limit", async () => {
  const pair = await connectedPair();
  const added = vi.spyOn(pair.pc("b"), "addIceCandidate").mockResolvedValue();
  const { remote: ufrag } = pair.pc("b").ufrags;
  for (let port = 0; port < 1_000; port += 1)
    pair.b.link.receive({
      connection: "media",
      candidate: {
        candidate: "candidate:1 1 udp 1 192.0.2.1 9 typ host",
        sdpMid: "0",
        sdpMLineIndex: 0,
        ...(ufrag ? { usernameFragment: ufrag } : {}),
      },
    });
  await vi.advanceTimersByTimeAsync(0);
  expect(added).toHaveBeenCalledTimes(256);
  pair.close();
});

it("signals of another connection are not for this link", async () => {
  const pair = newPair();
  const files: PeerSignal = { connection: "files", candidate: null };
  pair.b.link.receive(files);
  await pair.queue.drain();
  expectAgreement(pair);
  pair.close();
});

it("new ICE servers replace the previous ones, without those that the browser would reject", () => {
  const pair = newPair();
  const pc = pair.pc("a");
  const turn = { urls: ["turn:a.example"], username: "u", credential: "p" };
  pair.a.link.setIceServers([turn, { urls: ["turn:b.example"] }]);
  expect(pc.getConfiguration().iceServers).toEqual([turn]);
  pair.close();
});
