/**
 * Between Firefox and anything else, Firefox makes the first offer of a connection and the offers that restart ICE: it then
 * is the controlling ICE agent (RFC 8445 §6.1.1), and both sides know it. Otherwise a restart may never end: Firefox keeps
 * its role in a restart that the other side offers, where libwebrtc becomes the controlling one, and gives it up in no
 * conflict; and while Firefox is controlled, libwebrtc selects a pair of a new socket and an old candidate
 * (docs/upstream/firefox-ice-restarts.md, decision 0066).
 */
import type { PeerSignal } from "../../../protocol/generated";

/** How long Firefox waits for the answer to its offer before it answers that of the remote side. Milliseconds. */
export const HELD_MS = 5_000;

/** Node, where tests run, may have no `navigator`. */
export const IN_FIREFOX =
  (globalThis.navigator as Navigator | undefined)?.userAgent.includes("Firefox/") ?? false;

export type OfferSignal = Extract<PeerSignal, { description: unknown }>;

/** Firefox names itself in the `o=` line of its descriptions. */
export function isOfFirefox(sdp: string): boolean {
  return /^o=mozilla/m.test(sdp);
}

/** Firefox makes its own offer instead of answering this one, if this is the first or restarts ICE. */
export function isOffered({ description, offerId }: OfferSignal): boolean {
  // A client that names no offers is a simple one, and may only wait for an answer.
  return offerId !== undefined && !isOfFirefox(description.sdp);
}

/** The offer of the remote side that Firefox did not answer, until an exchange follows or it has waited too long. */
export class HeldOffer {
  #held: { offer: OfferSignal; credentials: string | null } | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly overdue: (offer: OfferSignal, credentials: string | null) => void) {}

  /** `credentials`: the remote `ice-ufrag` in force, which is another one after the exchange. */
  hold(offer: OfferSignal, credentials: string | null): void {
    const copy = this.#held?.offer.offerId === offer.offerId;
    this.#held = { offer, credentials };
    if (copy) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      const held = this.#held;
      this.#held = null;
      if (held) this.overdue(held.offer, held.credentials);
    }, HELD_MS);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#held = null;
  }
}
