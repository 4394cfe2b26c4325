/**
 * Recovers the camera bitrate after the available bandwidth increases: pure policy, driven by `camera-bandwidth.ts`.
 *
 * Left alone, a browser needs 13 to 20 s (docs/benchmarks.md, "Bad paths"): its estimate grows by 8 % a second, because
 * it only probes when a limit changes, and after that its quality adaptation waits seconds before each step up. The
 * standard API can speed up both: changing `maxBitrate` makes libwebrtc probe, and changing `degradationPreference`
 * resets its adaptation. Decision 0045.
 */

/** The state of a camera's sender at one moment. All rates in bits per second. */
export interface SenderSample {
  /** `availableOutgoingBitrate`. */
  available: number;
  /** Since the previous sample. */
  sent: number;
  /** The sender's configured `maxBitrate`. */
  limit: number;
  /** `qualityLimitationReason` is "bandwidth". */
  bandwidthLimited: boolean;
}

/**
 * - `probe`: make the browser measure whether the path has more bandwidth
 * - `reset-adaptation`: it has; reset the quality adaptation
 */
export type RecoveryAction = "probe" | "reset-adaptation" | null;

/** Decay per second of the recent maximum sent, because the content changes. */
const PEAK_DECAY_PER_SECOND = 0.98;
/** Growth of the estimate, as a factor, that justifies a reset of the adaptation. */
const RESET_GROWTH = 1.5;
/**
 * Bounds of the time between probes, in milliseconds. A probe reduces the picture's bitrate for a second and sends some
 * 10 kB within 30 ms.
 */
export const MIN_PROBE_INTERVAL_MS = 2_000;
const MAX_PROBE_INTERVAL_MS = 15_000;
/** Between the bounds, the interval is this share of the time the path has been limited. */
const PROBE_INTERVAL_SHARE = 1 / 8;

export class BandwidthRecovery {
  /** Decaying maximum of the sent bitrate, in bits per second. */
  #peak = 0;
  /** Lowest estimate since the picture was last unlimited or the adaptation reset, in bits per second. */
  #minAvailable = Number.POSITIVE_INFINITY;
  #sampledAt: number | null = null;
  #limitedSince: number | null = null;
  #probedAt = Number.NEGATIVE_INFINITY;

  /** The last sample saw too little bandwidth. */
  get limited(): boolean {
    return this.#limitedSince !== null;
  }

  /** Call about once a second, twice as often while limited; `now` in milliseconds. */
  onSample({ available, sent, limit, bandwidthLimited }: SenderSample, now: number): RecoveryAction {
    const seconds = this.#sampledAt === null ? 0 : Math.max(0, now - this.#sampledAt) / 1_000;
    this.#sampledAt = now;
    this.#peak = Math.max(sent, this.#peak * PEAK_DECAY_PER_SECOND ** seconds);
    this.#minAvailable = Math.min(this.#minAvailable, available);
    const enough = available >= this.#peak;
    if (enough && bandwidthLimited && available >= RESET_GROWTH * this.#minAvailable) {
      this.#minAvailable = available;
      return "reset-adaptation";
    }
    // Limited although the estimate is above the sender's own limit: that limit is the cause, not the path.
    if (enough && (!bandwidthLimited || available >= limit)) {
      this.#limitedSince = null;
      if (!bandwidthLimited) this.#minAvailable = available;
      return null;
    }
    if (this.#limitedSince === null) {
      // Packets sent before the path became narrow still fill its queue: do not add a probe yet.
      this.#limitedSince = now;
      this.#probedAt = now;
    }
    const interval = Math.max(MIN_PROBE_INTERVAL_MS, (now - this.#limitedSince) * PROBE_INTERVAL_SHARE);
    if (now - this.#probedAt < Math.min(MAX_PROBE_INTERVAL_MS, interval)) return null;
    this.#probedAt = now;
    return "probe";
  }
}
