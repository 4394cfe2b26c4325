import type { ExchangeHistory } from "./exchange-history";

/** How long after an answer a duplicate answer to the same offer may arrive, in milliseconds. */
const DUPLICATE_ANSWER_MS = 5_000;

export interface ReceivedAnswer {
  identity: string;
  offerId: string | undefined;
  /** It has other ICE credentials than the remote description in force. */
  hasNewCredentials: boolean;
}

/** The local offer that is waiting for an answer, and which answers are its own. Times are in milliseconds. */
export class PendingOffer {
  #offer: { offerId: string; sentAt: number; transmissions: number } | null = null;
  /** Answers that may still arrive for an offer that was answered already. */
  #duplicateAnswers = { remaining: 0, until: 0 };

  constructor(private readonly history: ExchangeHistory) {}

  get offerId(): string | undefined {
    return this.#offer?.offerId;
  }

  start(now: number): void {
    this.#offer = { offerId: this.history.newOfferId(), sentAt: now, transmissions: 0 };
  }

  onSent(now: number): void {
    if (!this.#offer) return;
    this.#offer.sentAt = now;
    this.#offer.transmissions += 1;
  }

  /** The last transmission is at least `after` ago. */
  isOlderThan(after: number, now: number): boolean {
    return this.#offer !== null && now - this.#offer.sentAt >= after;
  }

  rollBack(): void {
    this.#offer = null;
  }

  onAnswered(identity: string, now: number): void {
    if (!this.#offer) return;
    this.history.addAnswer(identity);
    this.#duplicateAnswers = {
      remaining: this.#offer.transmissions - 1,
      until: now + DUPLICATE_ANSWER_MS,
    };
    this.#offer = null;
  }

  /**
   * Whether this is the answer to the offer. Without an `offerId` that is a guess: an offer sent several times may be
   * answered several times, and a duplicate applied to the next offer would break the connection in ways that are hard to
   * see, while ignoring one answer too many only costs another transmission. `restarts`: the offer restarts ICE.
   */
  awaits(answer: ReceivedAnswer, restarts: boolean, now: number): boolean {
    if (!this.#offer) return false;
    if (answer.offerId !== undefined) return answer.offerId === this.#offer.offerId;
    if (this.history.hasAnswer(answer.identity)) {
      this.#takeDuplicate(now);
      return false;
    }
    // New credentials answer an ICE restart, however many other answers may still arrive.
    return (restarts && answer.hasNewCredentials) || !this.#takeDuplicate(now);
  }

  /** The answer is for a local offer that was given up. */
  wasGivenUp({ identity, offerId }: ReceivedAnswer): boolean {
    return offerId !== undefined && this.history.isLocal(offerId) && !this.history.hasAnswer(identity);
  }

  #takeDuplicate(now: number): boolean {
    const expected = this.#duplicateAnswers.remaining > 0 && now <= this.#duplicateAnswers.until;
    if (expected) this.#duplicateAnswers.remaining -= 1;
    return expected;
  }
}
