/** The fields used of an RTCRtpSynchronizationSource (W3C WebRTC §5.3.2). */
export type SourceEntry = Pick<RTCRtpSynchronizationSource, "source" | "timestamp"> &
  Partial<Pick<RTCRtpSynchronizationSource, "rtpTimestamp" | "audioLevel">>;

/**
 * How long ago a receiver last played out a frame, measured on the page's own clock: the time at which a call found
 * that a source's RTP timestamp had changed. The entry's `timestamp` would say it directly, but its clock differs
 * between browsers: WebKit before 2026 counts from the start of the machine instead of the epoch (§5.3.1).
 */
export class SsrcActivity {
  /** By SSRC. Only the sources of the last call: browsers drop a source after ten seconds. */
  #seen = new Map<number, { timestamp: number; changedAt: number }>();

  /**
   * The source that changed last and its age in milliseconds; null if there is no source. As precise as the calls are
   * frequent. A source seen for the first time counts as just changed.
   *
   * @param now a monotonic clock, such as `performance.now()`.
   */
  latest<S extends SourceEntry>(sources: readonly S[], now: number): { source: S; age: number } | null {
    const seen = new Map<number, { timestamp: number; changedAt: number }>();
    let latest: { source: S; age: number } | null = null;
    for (const source of sources) {
      const timestamp = source.rtpTimestamp ?? source.timestamp;
      const before = this.#seen.get(source.source);
      const changedAt = before?.timestamp === timestamp ? before.changedAt : now;
      seen.set(source.source, { timestamp, changedAt });
      if (!latest || now - changedAt < latest.age) latest = { source, age: now - changedAt };
    }
    this.#seen = seen;
    return latest;
  }
}
