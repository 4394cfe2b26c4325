/**
 * When a failed link is retried automatically, for example after a network outage of a minute, or on a machine that
 * was too busy to answer in time. Pure: failures and the time go in, the links that are due come out.
 */

/** Delay before the first retry; doubled before each further one. Milliseconds. */
export const FIRST_RETRY_MS = 5_000;
/** The polite side waits this much longer, so that the two sides do not retry at the same time. Milliseconds. */
export const POLITE_RETRY_EXTRA_MS = 4_000;
/** After these, about five minutes in all, only the person retries. */
export const MAX_RETRIES = 6;

export class Retries {
  #links = new Map<string, { attempts: number; dueAt: number }>();

  failed(key: string, now: number, polite: boolean): void {
    const attempts = this.#links.get(key)?.attempts ?? 0;
    const delay = FIRST_RETRY_MS * 2 ** attempts + (polite ? POLITE_RETRY_EXTRA_MS : 0);
    const dueAt = attempts < MAX_RETRIES ? now + delay : Number.POSITIVE_INFINITY;
    this.#links.set(key, { attempts, dueAt });
  }

  /** The link is connected or closed. */
  reset(key: string): void {
    this.#links.delete(key);
  }

  /** The links to retry now; each is returned once per failure. */
  due(now: number): string[] {
    const due = [...this.#links].filter(([, { dueAt }]) => dueAt <= now);
    for (const [key, { attempts }] of due)
      this.#links.set(key, { attempts: attempts + 1, dueAt: Number.POSITIVE_INFINITY });
    return due.map(([key]) => key);
  }
}
