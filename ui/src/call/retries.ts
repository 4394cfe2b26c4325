/**
 * When a link that failed is tried again without anybody asking: a hotel network that was down for a minute,
 * a machine too busy to answer in time. Pure: failures and the time go in, what is due comes out.
 */

/** Before the first attempt; doubled before each further one. Milliseconds. */
export const FIRST_RETRY_MS = 5_000;
/** The polite side leaves the attempt to the other for this long, in milliseconds. */
export const POLITE_RETRY_EXTRA_MS = 4_000;
/** After these, over about five minutes, only the person tries again. */
export const MAX_RETRIES = 6;

export class Retries {
  #links = new Map<string, { times: number; due: number }>();

  failed(key: string, now: number, polite: boolean): void {
    const times = this.#links.get(key)?.times ?? 0;
    const wait = FIRST_RETRY_MS * 2 ** times + (polite ? POLITE_RETRY_EXTRA_MS : 0);
    this.#links.set(key, { times, due: times < MAX_RETRIES ? now + wait : Number.POSITIVE_INFINITY });
  }

  /** It works, or is gone. */
  forget(key: string): void {
    this.#links.delete(key);
  }

  /** Those to be tried now; each is told once per failure. */
  due(now: number): string[] {
    const due = [...this.#links].filter(([, link]) => link.due <= now);
    for (const [key, { times }] of due)
      this.#links.set(key, { times: times + 1, due: Number.POSITIVE_INFINITY });
    return due.map(([key]) => key);
  }
}
