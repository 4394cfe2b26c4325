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

/** Firefox need not answer this offer, and makes its own if this is the first or restarts ICE. */
export function mayBeDeclined({ description, offerId }: OfferSignal): boolean {
  // A client that names no offers is a simple one, and may only wait for an answer.
  return offerId !== undefined && !isOfFirefox(description.sdp);
}

/** Offer IDs remembered. Those in flight at once are fewer. */
const MAX_REMEMBERED = 16;

/** The offers of the remote side that Firefox did not answer: the last one, until an exchange follows or is overdue. */
export class HeldOffers {
  #last: { offer: OfferSignal; credentials: string | null } | null = null;
  #ids: string[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly overdue: (offer: OfferSignal, credentials: string | null) => void) {}

  /** A copy of one, which may be late: the exchange in its place may be over. */
  has({ offerId }: OfferSignal): boolean {
    return offerId !== undefined && this.#ids.includes(offerId);
  }

  /** `credentials`: the remote `ice-ufrag` in force, which is another one after the exchange. */
  add(offer: OfferSignal, credentials: string | null): void {
    if (offer.offerId !== undefined) this.#ids.push(offer.offerId);
    if (this.#ids.length > MAX_REMEMBERED) this.#ids.shift();
    this.#last = { offer, credentials };
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      const last = this.#last;
      this.#last = null;
      if (last) this.overdue(last.offer, last.credentials);
    }, HELD_MS);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#last = null;
  }
}
