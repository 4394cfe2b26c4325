import { Climb, type Look } from "./climb";
import { cameraEncoding } from "./encoding";
import { probe, release } from "./limits";

/** A little less than one and two ticks of the link. */
const EVERY_MS = 900;
const WHILE_NARROW_EVERY_MS = 400;

/** What a sender's statistics say at one moment. */
interface Sample extends Omit<Look, "sent" | "limit"> {
  /** Milliseconds. */
  at: number;
  /** Sent since the beginning. */
  octets: number;
}

/** Looks after one camera's sender: what {@link Climb} decides, done to it. */
export class CameraClimb {
  #climb = new Climb();
  #last: Sample | null = null;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #looking = false;

  /** Several times a second, while the camera is sent; `links` may change meanwhile, `now` in milliseconds. */
  async tick(sender: RTCRtpSender, links: () => number, now: number): Promise<void> {
    const every = this.#climb.narrow ? WHILE_NARROW_EVERY_MS : EVERY_MS;
    if (this.#looking || now - this.#lookedAt < every) return;
    this.#lookedAt = now;
    this.#looking = true;
    try {
      const sample = await sampleOf(sender);
      const last = this.#last;
      this.#last = sample;
      // Counted anew after a camera was off, or a new connection.
      if (!sample || !last || sample.at <= last.at || sample.octets < last.octets) return;
      const sent = ((sample.octets - last.octets) * 8_000) / (sample.at - last.at);
      const move = this.#climb.look({ ...sample, sent, limit: cameraEncoding(links()).maxBitrate }, now);
      if (move === "probe") await probe(sender, links, sample.available);
      else if (move === "release") await release(sender);
    } catch {
      // Closed meanwhile; there is nothing left to look after.
    } finally {
      this.#looking = false;
    }
  }
}

/** Null where the browser does not say: Firefox has no estimate. */
async function sampleOf(sender: RTCRtpSender): Promise<Sample | null> {
  let available: unknown;
  let outbound: Record<string, unknown> = {};
  (await sender.getStats()).forEach((entry: Record<string, unknown>) => {
    if (entry.type === "candidate-pair") available = entry.availableOutgoingBitrate ?? available;
    else if (entry.type === "outbound-rtp") outbound = entry;
  });
  const { bytesSent: octets, timestamp: at, qualityLimitationReason: reason } = outbound;
  if (typeof available !== "number" || typeof octets !== "number" || typeof at !== "number") return null;
  return { at, octets, available, held: reason === "bandwidth" };
}
