/** Conversion between the 90 kHz clock of RTP video (RFC 7741 §4.1) and the microseconds of WebCodecs. */

const WRAP = 2 ** 32;

/**
 * The RTP timestamp of `milliseconds` since 1970. The stream does not start at a random timestamp: RFC 3550 §5.1 asks
 * for one only against known-plaintext attacks, and with this one a benchmark on the same machine can tell how old a
 * frame is.
 */
export function toRtpTimestamp(milliseconds: number): number {
  return Math.round(milliseconds * 90) % WRAP;
}

/** Converts wrapping 90 kHz timestamps to microseconds that do not wrap. */
export class RtpTimestampUnwrapper {
  #last: number | null = null;
  #total = 0;

  unwrap(timestamp: number): number {
    if (this.#last !== null) {
      // The shorter way around: frames may be slightly out of order, but never by half of the 13 hours until a wrap.
      const ahead = (timestamp - this.#last + WRAP) % WRAP;
      this.#total += ahead < WRAP / 2 ? ahead : ahead - WRAP;
    }
    this.#last = timestamp;
    return Math.round((this.#total * 100) / 9);
  }
}
