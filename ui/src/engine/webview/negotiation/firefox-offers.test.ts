import { expect, it, vi } from "vitest";
import { disagreement } from "../testing/agreement";
import { CHROMIUM, FIREFOX } from "../testing/fake-browser";
import { laneOf, type Side } from "../testing/fake-signaling";
import { stubLinkGlobals } from "../testing/link-globals";
import { LinkPair } from "../testing/link-pair";
import { HELD_MS } from "./firefox-offers";
import { OFFER_WAIT_MS } from "./negotiated-link";
import { iceUfrag } from "./sdp";

stubLinkGlobals();

const SIDES = ["a", "b"] as const;
const other = (side: Side): Side => (side === "a" ? "b" : "a");

/** A Firefox on side `firefox`, where `b` is the polite side. */
const newPair = (firefox: Side, offersFirst: Side | null) =>
  new LinkPair((made) => vi.stubGlobal("RTCPeerConnection", made), {
    offersFirst,
    browsers: firefox === "a" ? { a: FIREFOX, b: CHROMIUM } : { a: CHROMIUM, b: FIREFOX },
  });

/** Loses what `side` is offered. */
function loseOffersTo(pair: LinkPair, side: Side): void {
  const { receivers } = pair.signaling;
  const receive = receivers[side];
  receivers[side] = (signal) => {
    if (!("description" in signal) || signal.description.type !== "offer") receive(signal);
  };
}

/** The applied exchange was offered by `side`, which then is the controlling ICE agent. */
function expectOfferedBy(pair: LinkPair, side: Side): void {
  expect(disagreement(pair.pc("a"), pair.pc("b"))).toBeNull();
  expect(pair.pc(side).currentLocalDescription?.type).toBe("offer");
  expect(pair.pc(other(side)).currentLocalDescription?.type).toBe("answer");
}

const ufrags = (pair: LinkPair) =>
  SIDES.flatMap((side) => iceUfrag(pair.pc(side).currentLocalDescription?.sdp ?? "") ?? "");

for (const firefox of SIDES) {
  const politeness = firefox === "b" ? "polite" : "impolite";

  it.each(SIDES)(`a ${politeness} Firefox makes the first offer, where %s offers first`, async (first) => {
    const pair = newPair(firefox, first);
    await pair.queue.drain();
    expectOfferedBy(pair, firefox);
    // Nothing is left over.
    await vi.advanceTimersByTimeAsync(HELD_MS + 1_000);
    await pair.queue.drain();
    expectOfferedBy(pair, firefox);
    pair.close();
  });

  it.each(SIDES)(
    `where the offers cross, that of a ${politeness} Firefox stands (%s arrives first)`,
    async (first) => {
      const pair = newPair(firefox, null);
      await vi.advanceTimersByTimeAsync(OFFER_WAIT_MS);
      const local = () => pair.queue.lanes.filter((lane) => lane !== laneOf("a") && lane !== laneOf("b"));
      await pair.queue.drain({ pick: () => local()[0] ?? "", until: () => local().length === 0 });
      await pair.signaling.deliver(first);
      await pair.queue.drain();
      expectOfferedBy(pair, firefox);
      pair.close();
    },
  );

  it(`a ${politeness} Firefox makes the first offer of the connection that replaces another, too`, async () => {
    const pair = newPair(firefox, firefox);
    await pair.queue.drain();
    pair.reopen(other(firefox));
    await pair.queue.drain();
    expectOfferedBy(pair, firefox);
    pair.close();
  });

  it(`a ${politeness} Firefox answers a client that does not answer it`, async () => {
    const pair = newPair(firefox, other(firefox));
    await pair.queue.drain({ until: () => pair.signaling.descriptions(other(firefox)).length === 1 });
    loseOffersTo(pair, other(firefox));
    await pair.queue.drain();
    expect(pair.pc(firefox).currentRemoteDescription).toBeNull();
    await vi.advanceTimersByTimeAsync(HELD_MS + 1_000);
    await pair.queue.drain();
    expectOfferedBy(pair, other(firefox));
    pair.close();
  });

  it.each(SIDES)(
    `a ${politeness} Firefox offers the restarts of ICE, also where %s wants one`,
    async (side) => {
      const pair = newPair(firefox, "a");
      await pair.queue.drain();
      const before = ufrags(pair);
      pair[side].link.restartIce();
      await pair.queue.drain();
      expectOfferedBy(pair, firefox);
      expect(ufrags(pair).filter((ufrag) => before.includes(ufrag))).toEqual([]);
      const after = ufrags(pair);
      await vi.advanceTimersByTimeAsync(HELD_MS + 1_000);
      await pair.queue.drain();
      expect(ufrags(pair)).toEqual(after);
      pair.close();
    },
  );

  it(`a ${politeness} Firefox answers a restart of a client that does not answer its own`, async () => {
    const pair = newPair(firefox, "a");
    await pair.queue.drain();
    const before = ufrags(pair);
    loseOffersTo(pair, other(firefox));
    pair[other(firefox)].link.restartIce();
    await pair.queue.drain();
    expect(ufrags(pair)).toEqual(before);
    await vi.advanceTimersByTimeAsync(HELD_MS + 1_000);
    await pair.queue.drain();
    expectOfferedBy(pair, other(firefox));
    expect(ufrags(pair).filter((ufrag) => before.includes(ufrag))).toEqual([]);
    pair.close();
  });

  it(`a ${politeness} Firefox ignores late copies of offers that it did not answer`, async () => {
    const pair = newPair(firefox, other(firefox));
    await pair.queue.drain();
    pair[other(firefox)].link.restartIce();
    await pair.queue.drain();
    const agreed = ufrags(pair);
    const copies = pair.signaling.log.filter(
      ({ from, signal }) =>
        from !== firefox && "description" in signal && signal.description.type === "offer",
    );
    expect(copies.length).toBeGreaterThan(1);
    for (const { signal } of copies) pair.signaling.receivers[firefox](signal);
    await pair.queue.drain();
    await vi.advanceTimersByTimeAsync(HELD_MS + 1_000);
    await pair.queue.drain();
    expect(ufrags(pair)).toEqual(agreed);
    expect(pair.peerConnections.of(firefox)).toHaveLength(1);
    pair.close();
  });

  it(`a ${politeness} Firefox answers the offer of a client that names no offers`, async () => {
    const pair = newPair(firefox, other(firefox));
    const { receivers } = pair.signaling;
    const receive = receivers[firefox];
    receivers[firefox] = (signal) => {
      if ("description" in signal) {
        const { offerId: _, ...simple } = signal;
        return receive(simple);
      }
      receive(signal);
    };
    await pair.queue.drain();
    expectOfferedBy(pair, other(firefox));
    pair.close();
  });
}
