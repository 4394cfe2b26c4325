import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { PeerSignal } from "../../../protocol/generated";
import { disagreement } from "../testing/agreement";
import { ConnectionPair, type ConnectionSide } from "../testing/connection-pair";
import { CHROMIUM, type FakeBrowser, FIREFOX } from "../testing/fake-browser";
import { FakeMediaStream } from "../testing/fake-media";
import { laneOf, otherSide, type Side } from "../testing/fake-signaling";
import { establishTransport } from "../testing/fake-transport";

beforeEach(() => vi.stubGlobal("MediaStream", FakeMediaStream));
afterEach(() => vi.unstubAllGlobals());

const newPair = (browsers: Partial<Record<Side, FakeBrowser>> = {}) =>
  new ConnectionPair((made) => vi.stubGlobal("RTCPeerConnection", made), browsers);

const TRACK = { media: { kind: "video" } as MediaStreamTrack };
const share = ({ connection }: ConnectionSide, on = true) =>
  connection.content.transceivers.setTrack("screen", on ? TRACK : null, true);

const expectAgreement = (pair: ConnectionPair) => {
  expect(disagreement(pair.a.pc, pair.b.pc)).toBeNull();
  expect([...pair.a.failures, ...pair.b.failures]).toEqual([]);
};

describe("a first offer", () => {
  it("negotiates microphone, camera and a data channel in one exchange", async () => {
    const pair = await newPair().connect();
    expectAgreement(pair);
    expect(pair.a.pc.negotiated).toEqual([
      { mid: "0", kind: "audio", direction: "sendrecv" },
      { mid: "1", kind: "video", direction: "sendrecv" },
      { mid: "2", kind: "application", direction: "sendrecv" },
    ]);
    expect(pair.signaling.log.filter(({ signal }) => "description" in signal)).toHaveLength(2);
    expect(pair.a.pc.remoteCandidates).toHaveLength(2);
    expect(pair.b.pc.remoteCandidates).toHaveLength(2);
    establishTransport(pair.a.pc, pair.b.pc);
    expect(pair.a.channel.send("hi")).toBe(true);
    expect(pair.b.messages).toEqual(["hi"]);
  });

  it("is not followed by another of the side that answered it", async () => {
    const pair = await newPair().connect();
    pair.b.connection.start();
    await pair.queue.drain();
    expect(pair.signaling.descriptions("b").map(({ type }) => type)).toEqual(["answer"]);
    expect(pair.b.pc.getTransceivers()).toHaveLength(2);
  });

  it("is answered without provisional answers where the browser has none", async () => {
    const pair = await newPair({ b: FIREFOX }).connect();
    expectAgreement(pair);
    expect(pair.b.pc.history).toEqual(["remote offer", "local answer"]);
  });

  it("rejects a section without a common codec, and keeps the others", async () => {
    const pair = await newPair({
      b: { ...CHROMIUM, codecs: { audio: ["opus/48000/2"], video: [] } },
    }).connect();
    expectAgreement(pair);
    for (const { connection } of pair.sides) expect(connection.problems).toEqual(["no-video-codec"]);
    expect(pair.a.pc.negotiated.map(({ direction }) => direction)).toEqual([
      "sendrecv",
      "rejected",
      "sendrecv",
    ]);
  });
});

describe("glare", () => {
  const screens = (pair: ConnectionPair) => pair.a.pc.negotiated.filter(({ mid }) => Number(mid) > 2);

  it.each(["a", "b"] as const)(
    "is resolved by the polite side when the offer of %s arrives first",
    async (first) => {
      const pair = await newPair().connect();
      for (const side of pair.sides) share(side);
      await pair.signaling.runLocally();
      for (const { pc } of pair.sides) expect(pc.signalingState).toBe("have-local-offer");

      await pair.signaling.deliver(first);
      await pair.signaling.deliver(otherSide(first));
      await pair.queue.drain();
      expectAgreement(pair);
      expect(screens(pair)).toEqual([
        { mid: "3", kind: "video", direction: "sendonly" },
        { mid: "4", kind: "video", direction: "recvonly" },
      ]);
      expect(pair.a.pc.history).not.toContain("rollback");
      expect(pair.b.pc.history).toContain("rollback");
    },
  );

  it.each(["a", "b"] as const)(
    "is resolved when an offer arrives at %s while it is making its own",
    async (at) => {
      const pair = await newPair().connect();
      const [near, far] = at === "a" ? [pair.a, pair.b] : [pair.b, pair.a];
      share(far);
      await pair.signaling.runLocally();
      share(near);
      await pair.queue.run(`${near.pc.name} events`);
      await pair.queue.run(`${near.pc.name} operations`); // The offer was started, and is not applied yet.
      expect(near.pc.signalingState).toBe("stable");
      await pair.signaling.deliver(otherSide(at));
      await pair.queue.drain();
      expectAgreement(pair);
      expect(screens(pair)).toHaveLength(2);
      expect(pair.a.pc.history).not.toContain("rollback");
    },
  );

  it.each(["a", "b"] as const)(
    "of the two first offers ends with one pair of sections (%s first)",
    async (first) => {
      const pair = newPair();
      for (const { connection } of pair.sides) connection.start();
      await pair.signaling.runLocally();
      await pair.signaling.deliver(first);
      await pair.queue.drain();
      expectAgreement(pair);
      expect(pair.b.pc.getTransceivers()).toHaveLength(2);
      expect(pair.b.connection.content.transceivers.sourcesByMid()).toEqual({ 0: "microphone", 1: "camera" });
    },
  );

  it("repeats the impolite side's offer, which may have been lost", async () => {
    const pair = await newPair().connect();
    pair.signaling.transform = (signal, from) => (from === "a" ? [] : [signal]);
    share(pair.a);
    await pair.queue.drain();
    pair.signaling.transform = (signal) => [signal];
    pair.now += 1_000;
    share(pair.b);
    await pair.queue.drain();
    expectAgreement(pair);
    expect(screens(pair)).toHaveLength(2);
  });
});

describe("a start while the first remote offer is being applied", () => {
  /** Until the offer of `a` is half applied at `b`. */
  const halfway = async (pair: ConnectionPair) => {
    pair.a.connection.start();
    await pair.signaling.runLocally();
    await pair.queue.run(laneOf("a"));
    await pair.queue.run(`${pair.b.pc.name} operations`);
    expect(pair.b.pc.remoteDescription).toBeNull();
  };

  it("adds no second pair of transceivers", async () => {
    const pair = newPair();
    await halfway(pair);
    pair.b.connection.start();
    await pair.queue.drain();
    expectAgreement(pair);
    // Not even stopped ones, for which Chromium would negotiate without end.
    expect(pair.b.pc.allTransceivers).toHaveLength(2);
    expect(pair.signaling.descriptions("b").map(({ type }) => type)).toEqual(["answer"]);
  });

  it("is made up for when that offer turns out to be invalid", async () => {
    const pair = newPair();
    pair.signaling.transform = (signal, from) =>
      from === "a" && "description" in signal && signal.description.type === "offer"
        ? [invalid(signal, "offer")]
        : [signal];
    pair.a.connection.start();
    await pair.signaling.runLocally();
    await pair.queue.run(laneOf("a"));
    pair.b.connection.start();
    await pair.signaling.runLocally();
    expect(pair.b.failures).toHaveLength(1);
    expect(pair.signaling.descriptions("b").map(({ type }) => type)).toEqual(["offer"]);
  });
});

describe("an answer that cannot be applied", () => {
  const withoutLastSection = (signal: PeerSignal): PeerSignal =>
    "description" in signal
      ? {
          ...signal,
          description: {
            ...signal.description,
            sdp: (signal.description.sdp ?? "").replace(/m=(?:(?!m=)[\s\S])*$/, ""),
          },
        }
      : signal;

  it("fails the negotiation, and a retry repeats the exchange", async () => {
    const pair = await newPair().connect();
    establishTransport(pair.a.pc, pair.b.pc);
    pair.signaling.transform = (signal, from) => [from === "b" ? withoutLastSection(signal) : signal];
    share(pair.a);
    await pair.queue.drain();
    expect(pair.a.failures).toHaveLength(1);
    expect(pair.a.pc.signalingState).toBe("have-local-offer");
    expect(pair.a.pc.connectionState).toBe("connected");

    pair.signaling.transform = (signal) => [signal];
    pair.now += 1_000;
    pair.a.connection.restartIce();
    await pair.queue.drain();
    expect(disagreement(pair.a.pc, pair.b.pc)).toBeNull();
    expect(pair.a.failures).toHaveLength(1);
    expect(pair.a.pc.ufrags.local).toBe("pc1ufrag2");
  });
});

describe("a screen that is shared again", () => {
  it("uses the section of the first share", async () => {
    const pair = await newPair().connect();
    const directions: (string | undefined)[] = [];
    for (const on of [true, false, true]) {
      share(pair.b, on);
      await pair.queue.drain();
      expectAgreement(pair);
      directions.push(pair.b.pc.negotiated.find(({ mid }) => mid === "3")?.direction);
    }
    expect(directions).toEqual(["sendonly", "inactive", "sendonly"]);
    expect(pair.b.pc.negotiated).toHaveLength(4);
    expect(pair.a.connection.content.transceivers.receiving().map(({ source }) => source)).toContain(
      "screen",
    );
  });
});

describe("repeated descriptions", () => {
  it("that are delivered twice change nothing", async () => {
    const pair = newPair();
    pair.signaling.transform = (signal) => ("description" in signal ? [signal, signal] : [signal]);
    await pair.connect();
    share(pair.a);
    await pair.queue.drain();
    expectAgreement(pair);
    const [first, second] = pair.signaling.descriptions("b");
    expect(second).toEqual(first);
    expect(pair.b.pc.history.filter((entry) => entry === "remote offer")).toHaveLength(2);
  });

  it("a duplicate answer is not applied to the next offer", async () => {
    const pair = newPair();
    pair.a.connection.start();
    await pair.signaling.runLocally();
    pair.now += 1_000;
    pair.a.connection.resendOffer(1_000);
    await pair.signaling.deliver("a");
    await pair.signaling.runLocally();
    await pair.signaling.deliver("a");
    await pair.signaling.runLocally();
    const answers = pair.signaling.descriptions("b").filter(({ type }) => type === "answer");
    expect(answers).toHaveLength(2);

    // The first answer is applied; the duplicate arrives when the next offer is pending.
    await pair.queue.run(laneOf("b"));
    await pair.signaling.runLocally();
    share(pair.a);
    await pair.signaling.runLocally();
    expect(pair.a.pc.signalingState).toBe("have-local-offer");
    await pair.signaling.deliver("b");
    await pair.signaling.runLocally();
    expect(pair.a.pc.signalingState).toBe("have-local-offer");
    await pair.queue.drain();
    expectAgreement(pair);
    expect(pair.a.pc.negotiated).toHaveLength(4);
  });

  it("a duplicate answer is not taken for the answer to an ICE restart, however late it is", async () => {
    const pair = await newPair().connect();
    const answer = pair.signaling.log.find(({ from, signal }) => from === "b" && "description" in signal);
    pair.a.connection.restartIce();
    await pair.signaling.runLocally();
    pair.now += 60_000;
    if (answer) await pair.a.connection.receive(answer.signal);
    expect(pair.a.pc.signalingState).toBe("have-local-offer");
    await pair.queue.drain();
    expectAgreement(pair);
  });

  it("a pending offer is sent again only after the given time, and not once it is answered", async () => {
    const pair = newPair();
    pair.signaling.transform = (signal, from) => (from === "a" ? [] : [signal]);
    await pair.connect();
    pair.now += 3_999;
    pair.a.connection.resendOffer(4_000);
    expect(pair.signaling.descriptions("a")).toHaveLength(1);
    pair.signaling.transform = (signal) => [signal];
    pair.now += 1;
    pair.a.connection.resendOffer(4_000);
    await pair.queue.drain();
    expectAgreement(pair);
    pair.now += 60_000;
    pair.a.connection.resendOffer(4_000);
    expect(pair.signaling.descriptions("a")).toHaveLength(2);
  });
});

describe("an ICE restart", () => {
  it.each([
    ["a", "a"],
    ["a", "b"],
    ["b", "a"],
    ["b", "b"],
  ] as const)(
    "of %s that crosses an offer of the other side survives (%s first)",
    async (restarting, first) => {
      const pair = await newPair().connect();
      const before = pair.a.pc.ufrags;
      pair[restarting].connection.restartIce();
      share(pair[otherSide(restarting)]);
      await pair.signaling.runLocally();
      for (const { pc } of pair.sides) expect(pc.signalingState).toBe("have-local-offer");
      await pair.signaling.deliver(first);
      await pair.queue.drain();
      expectAgreement(pair);
      expect(pair.a.pc.ufrags.local).not.toBe(before.local);
      expect(pair.a.pc.ufrags.remote).not.toBe(before.remote);
      for (const { applied } of pair.sides) expect(applied.filter((restarted) => restarted)).toHaveLength(1);
      expect(pair.a.pc.negotiated).toHaveLength(4);
    },
  );

  it("that is pending is not restarted, but its offer is sent again", async () => {
    const pair = await newPair().connect();
    pair.signaling.transform = () => [];
    pair.a.connection.restartIce();
    await pair.queue.drain();
    pair.signaling.transform = (signal) => [signal];
    pair.now += 1_000;
    pair.a.connection.restartIce();
    await pair.queue.drain();
    expectAgreement(pair);
    const [, restart, again] = pair.signaling.descriptions("a");
    expect(again).toEqual(restart);
    expect(pair.a.pc.ufrags.local).toBe("pc1ufrag2");
  });
});

describe("candidates", () => {
  it("that arrive before their description are added after it", async () => {
    const pair = newPair();
    const signals: PeerSignal[] = [];
    pair.signaling.transform = (signal, from) => {
      if (from === "a") signals.push(signal);
      return from === "a" ? [] : [signal];
    };
    await pair.connect();
    const [offer, ...candidates] = signals;
    for (const candidate of candidates) await pair.b.connection.receive(candidate);
    expect(pair.b.pc.remoteCandidates).toEqual([]);
    if (offer) void pair.b.connection.receive(offer);
    await pair.queue.drain();
    expectAgreement(pair);
    expect(pair.b.pc.remoteCandidates).toHaveLength(2);
  });

  it("of an answer are sent after it", async () => {
    const pair = await newPair().connect();
    const [first] = pair.signaling.log.filter(({ from }) => from === "b");
    expect(first?.signal).toHaveProperty("description.type", "answer");
  });

  it("that the browser does not accept end nothing", async () => {
    const pair = await newPair().connect();
    const added = pair.b.pc.remoteCandidates.length;
    vi.spyOn(pair.b.pc, "addIceCandidate").mockRejectedValue(new Error("unresolvable"));
    await pair.b.connection.receive({
      connection: "media",
      candidate: { candidate: "candidate:9 1 udp 1 nowhere.local 9 typ host", sdpMid: "0", sdpMLineIndex: 0 },
    });
    expect(pair.b.pc.remoteCandidates).toHaveLength(added);
    expectAgreement(pair);
  });
});

/** An offer or answer that cannot be applied: one that does not parse, or one with other sections. */
function invalid(signal: PeerSignal, type: "offer" | "answer", sdp = "this is no SDP"): PeerSignal {
  return { ...signal, connection: "media", description: { type, sdp } } as PeerSignal;
}

describe("an invalid description leaves a connected link alone", () => {
  const OTHER_SECTIONS =
    "v=0\r\no=- 9 9 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:x\r\na=ice-ufrag:x\r\n";
  const points = {
    "in stable": async () => {},
    "while negotiationneeded is queued": async (side: ConnectionSide) => share(side),
    "while its own offer is being made": async (side: ConnectionSide, pair: ConnectionPair) => {
      share(side);
      await pair.queue.run(`${side.pc.name} events`);
      await pair.queue.run(`${side.pc.name} operations`);
    },
    "while its own offer is pending": async (side: ConnectionSide, pair: ConnectionPair) => {
      share(side);
      await pair.signaling.runLocally();
    },
    "while a remote offer is being applied": async (side: ConnectionSide, pair: ConnectionPair) => {
      const [far, name] = side === pair.a ? ([pair.b, "b"] as const) : ([pair.a, "a"] as const);
      share(far);
      await pair.signaling.runLocally();
      await pair.queue.run(laneOf(name));
      await pair.queue.run(`${side.pc.name} operations`);
    },
  };
  const cases = Object.keys(points).flatMap((point) =>
    (["a", "b"] as const).flatMap((at) =>
      (["offer", "answer"] as const).flatMap((type) =>
        (["this is no SDP", OTHER_SECTIONS] as const).map((sdp) => ({ point, at, type, sdp })),
      ),
    ),
  );

  it.each(cases)("$type at $at $point ($sdp)", async ({ point, at, type, sdp }) => {
    const pair = await newPair().connect();
    establishTransport(pair.a.pc, pair.b.pc);
    await points[point as keyof typeof points](pair[at], pair);
    pair.signaling.receivers[at](invalid({ connection: "media", candidate: null }, type, sdp));
    await pair.queue.drain();
    expect(pair[at].failures.length).toBeLessThanOrEqual(1);
    for (const { pc } of pair.sides) expect(pc.connectionState).toBe("connected");

    for (const side of pair.sides) share(side);
    await pair.queue.drain();
    expect(disagreement(pair.a.pc, pair.b.pc)).toBeNull();
    expect(pair.a.pc.negotiated).toHaveLength(5);
    expect(pair.a.channel.send("still here")).toBe(true);
    expect(pair.b.messages).toEqual(["still here"]);
  });
});

it("a closed connection ignores everything", async () => {
  const pair = await newPair().connect();
  const sent = pair.signaling.log.length;
  pair.a.connection.close();
  pair.a.connection.start();
  pair.a.connection.restartIce();
  await pair.a.connection.receive(invalid({ connection: "media", candidate: null }, "offer"));
  await pair.queue.drain();
  expect(pair.signaling.log).toHaveLength(sent);
  expect(pair.a.failures).toEqual([]);
});
