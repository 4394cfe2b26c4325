/** The 90 kHz clock of RTP video (RFC 7741 §4.1) beside the microseconds of WebCodecs. */

const WRAP = 2 ** 32;

/**
 * `milliseconds` since 1970, for a stream that begins there: RFC 3550 §5.1 wants an unpredictable beginning only
 * for ciphers that are broken by a known one, and so a benchmark on the same machine can tell how old a picture is.
 */
export function toRtp(milliseconds: number): number {
  return Math.round(milliseconds * 90) % WRAP;
}

/** Wrapping 90 kHz timestamps as microseconds that go on counting. */
export class Unwrapped {
  #last: number | null = null;
  #total = 0;

  next(timestamp: number): number {
    if (this.#last !== null) {
      // The shorter way round: frames may come a little out of order, never by half of 13 hours.
      const ahead = (timestamp - this.#last + WRAP) % WRAP;
      this.#total += ahead < WRAP / 2 ? ahead : ahead - WRAP;
    }
    this.#last = timestamp;
    return Math.round((this.#total * 100) / 9);
  }
}
