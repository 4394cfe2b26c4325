import { BandwidthRecovery, type SenderSample } from "./bandwidth-recovery";
import type { CameraDemand } from "./encoding";
import { cameraEncodingOf, probeBandwidth, resetAdaptation } from "./sender-parameters";

/** Slightly less than two ticks and one tick of the link. */
const SAMPLE_EVERY_MS = 900;
const SAMPLE_LIMITED_EVERY_MS = 400;

/** The statistics of a sender at one moment. */
interface StatsSnapshot extends Omit<SenderSample, "sent" | "limit"> {
  /** Milliseconds. */
  at: number;
  /** Since the start. */
  bytesSent: number;
}

/** Samples one camera's sender and carries out what {@link BandwidthRecovery} decides. */
export class CameraBandwidth {
  #recovery = new BandwidthRecovery();
  #last: StatsSnapshot | null = null;
  #sampledAt = Number.NEGATIVE_INFINITY;
  #busy = false;

  /** Several times a second while the camera is sent; `demand` may change meanwhile, `now` in milliseconds. */
  async tick(sender: RTCRtpSender, demand: () => CameraDemand, now: number): Promise<void> {
    const interval = this.#recovery.limited ? SAMPLE_LIMITED_EVERY_MS : SAMPLE_EVERY_MS;
    if (this.#busy || now - this.#sampledAt < interval) return;
    this.#sampledAt = now;
    this.#busy = true;
    try {
      const snapshot = await snapshotOf(sender);
      const last = this.#last;
      this.#last = snapshot;
      // Counters restart after the camera was off, and with a new connection.
      if (!snapshot || !last || snapshot.at <= last.at || snapshot.bytesSent < last.bytesSent) return;
      const sent = ((snapshot.bytesSent - last.bytesSent) * 8_000) / (snapshot.at - last.at);
      const { available, bandwidthLimited } = snapshot;
      const limit = cameraEncodingOf(sender, demand()).maxBitrate;
      const action = this.#recovery.onSample({ available, sent, limit, bandwidthLimited }, now);
      if (action === "probe") await probeBandwidth(sender, demand, available);
      else if (action === "reset-adaptation") await resetAdaptation(sender);
    } catch {
      // The connection was closed meanwhile.
    } finally {
      this.#busy = false;
    }
  }
}

/** Null where the browser has no bandwidth estimate: Firefox. */
async function snapshotOf(sender: RTCRtpSender): Promise<StatsSnapshot | null> {
  let available: unknown;
  let outbound: Record<string, unknown> = {};
  (await sender.getStats()).forEach((entry: Record<string, unknown>) => {
    if (entry.type === "candidate-pair") available = entry.availableOutgoingBitrate ?? available;
    else if (entry.type === "outbound-rtp") outbound = entry;
  });
  const { bytesSent, timestamp: at, qualityLimitationReason: reason } = outbound;
  if (typeof available !== "number" || typeof bytesSent !== "number" || typeof at !== "number") return null;
  return { at, bytesSent, available, bandwidthLimited: reason === "bandwidth" };
}
