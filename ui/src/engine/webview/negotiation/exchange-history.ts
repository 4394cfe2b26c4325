import { withoutCandidates } from "./sdp";

/** Descriptions remembered. Those in flight at once are fewer. */
const MAX_REMEMBERED = 16;

/**
 * The descriptions of a link that were applied already: signaling may lose and repeat them, and SDP does not say which
 * offer an answer is for. Belongs to the link, because descriptions of a replaced connection may still arrive.
 */
export class ExchangeHistory {
  #prefix = randomPrefix();
  #offers = 0;
  #appliedOffers: string[] = [];
  #appliedAnswers: string[] = [];

  /** Another one for each local offer. */
  newOfferId(): string {
    this.#offers += 1;
    return `${this.#prefix}-${this.#offers}`;
  }

  isLocal(offerId: string): boolean {
    return offerId.startsWith(`${this.#prefix}-`);
  }

  addOffer(identity: string): void {
    remember(this.#appliedOffers, identity);
  }

  hasOffer(identity: string): boolean {
    return this.#appliedOffers.includes(identity);
  }

  /** A new connection has to answer what the one before answered. */
  forgetOffers(): void {
    this.#appliedOffers = [];
  }

  addAnswer(identity: string): void {
    remember(this.#appliedAnswers, identity);
  }

  hasAnswer(identity: string): boolean {
    return this.#appliedAnswers.includes(identity);
  }
}

/**
 * Identifies a remote description: by the ID of its offer, or if its author gives none, by its text without
 * candidates. Authors write another version into the `o=` line of each (RFC 8829 §5.2.2, §5.3.2).
 */
export function identityOf(sdp: string, offerId: string | undefined): string {
  return offerId === undefined ? `sdp ${withoutCandidates(sdp)}` : `id ${offerId}`;
}

function remember(identities: string[], identity: string): void {
  identities.push(identity);
  if (identities.length > MAX_REMEMBERED) identities.shift();
}

/** `crypto.randomUUID` is missing on pages that are not a secure context. */
function randomPrefix(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(8));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
