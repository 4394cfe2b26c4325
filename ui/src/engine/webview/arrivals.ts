/** What is read of an RTCRtpSynchronizationSource (W3C WebRTC §5.3.2). */
export type ArrivingSource = Pick<RTCRtpSynchronizationSource, "source" | "timestamp"> &
  Partial<Pick<RTCRtpSynchronizationSource, "rtpTimestamp" | "audioLevel">>;

/**
 * How long ago a receiver's newest frame was played out, by this page's own clock: noted when a look finds that a
 * source's RTP timestamp has changed. Their `timestamp` says it too, but on a clock that differs between
 * browsers: WebKit before 2026 counts from the start of the machine instead of from the epoch (§5.3.1).
 */
export class Arrivals {
  /** By SSRC. Only what the last look found: browsers forget a source after ten seconds. */
  #noted = new Map<number, { stamp: number; at: number }>();

  /**
   * The source that changed last, and how long ago that was found, in milliseconds; null where there is none.
   * As exact as the looks are frequent. A source seen for the first time counts as just changed.
   *
   * @param now a clock that never jumps, such as `performance.now()`.
   */
  newest<S extends ArrivingSource>(sources: readonly S[], now: number): { source: S; age: number } | null {
    const noted = new Map<number, { stamp: number; at: number }>();
    let newest: { source: S; age: number } | null = null;
    for (const source of sources) {
      const stamp = source.rtpTimestamp ?? source.timestamp;
      const before = this.#noted.get(source.source);
      const at = before?.stamp === stamp ? before.at : now;
      noted.set(source.source, { stamp, at });
      if (!newest || now - at < newest.age) newest = { source, age: now - at };
    }
    this.#noted = noted;
    return newest;
  }
}
