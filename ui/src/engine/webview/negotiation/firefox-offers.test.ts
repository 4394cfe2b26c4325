import { expect, it, vi } from "vitest";
import { disagreement } from "../testing/agreement";
import { CHROMIUM, FIREFOX } from "../testing/fake-browser";
import { otherSide, type Side } from "../testing/fake-signaling";
import { stubLinkGlobals } from "../testing/link-globals";
import { LinkPair } from "../testing/link-pair";
import { HELD_MS } from "./firefox-offers";
import { OFFER_WAIT_MS } from "./negotiated-link";
import { iceUfrag } from "./sdp";

stubLinkGlobals();

const SIDES = ["a", "b"] as const;

/** A Firefox on side `firefox`, where `b` is the polite side. */
const newPair = (firefox: Side, offersFirst: Side | null) =>
  new LinkPair((made) => vi.stubGlobal("RTCPeerConnection", made), {
    offersFirst,
    browsers: firefox === "a" ? { a: FIREFOX, b: CHROMIUM } : { a: CHROMIUM, b: FIREFOX },
  });

/** Loses what `side` offers. */
function loseOffersOf(pair: LinkPair, side: Side): void {
  pair.signaling.transform = (signal, from) =>
    from === side && "description" in signal && signal.description.type === "offer" ? [] : [signal];
}

/** The applied exchange was offered by `side`, which then is the controlling ICE agent. */
function expectOfferedBy(pair: LinkPair, side: Side): void {
  expect(disagreement(pair.pc("a"), pair.pc("b"))).toBeNull();
  expect(pair.pc(side).currentLocalDescription?.type).toBe("offer");
  expect(pair.pc(otherSide(side)).currentLocalDescription?.type).toBe("answer");
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
      await pair.signaling.runLocally();
      await pair.signaling.deliver(first);
      await pair.queue.drain();
      expectOfferedBy(pair, firefox);
      pair.close();
    },
  );

  it(`a ${politeness} Firefox makes the first offer of the connection that replaces another, too`, async () => {
    const pair = newPair(firefox, firefox);
    await pair.queue.drain();
    pair.reopen(otherSide(firefox));
    await pair.queue.drain();
    expectOfferedBy(pair, firefox);
    pair.close();
  });

  it(`a ${politeness} Firefox answers a client that does not answer it`, async () => {
    const pair = newPair(firefox, otherSide(firefox));
    await pair.queue.drain({ until: () => pair.signaling.descriptions(otherSide(firefox)).length === 1 });
    loseOffersOf(pair, firefox);
    await pair.queue.drain();
    expect(pair.pc(firefox).currentRemoteDescription).toBeNull();
    await vi.advanceTimersByTimeAsync(HELD_MS + 1_000);
    await pair.queue.drain();
    expectOfferedBy(pair, otherSide(firefox));
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
    loseOffersOf(pair, firefox);
    pair[otherSide(firefox)].link.restartIce();
    await pair.queue.drain();
    expect(ufrags(pair)).toEqual(before);
    await vi.advanceTimersByTimeAsync(HELD_MS + 1_000);
    await pair.queue.drain();
    expectOfferedBy(pair, otherSide(firefox));
    expect(ufrags(pair).filter((ufrag) => before.includes(ufrag))).toEqual([]);
    pair.close();
  });

  it(`a ${politeness} Firefox ignores late copies of offers that it did not answer`, async () => {
    const pair = newPair(firefox, otherSide(firefox));
    await pair.queue.drain();
    pair[otherSide(firefox)].link.restartIce();
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
    const pair = newPair(firefox, otherSide(firefox));
    pair.signaling.transform = (signal) => {
      if (!("description" in signal)) return [signal];
      const { offerId: _, ...unnamed } = signal;
      return [unnamed];
    };
    await pair.queue.drain();
    expectOfferedBy(pair, otherSide(firefox));
    pair.close();
  });
}
