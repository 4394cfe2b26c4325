import type { Limitation, LinkStats, MediaStats, Source } from "../../types";

type SourceOf = (mid: string | null, direction: "sent" | "received") => Source | null;
// The DOM types of `RTCStatsReport` lag behind the browsers, so every field is optional and checked.
type Entry = { id: string; type: string; timestamp: number } & Record<string, unknown>;
type Report = ReadonlyMap<string, Entry>;

/**
 * Minimum time between baselines of rates, in milliseconds: frequent calls must not shorten the window that rates are
 * measured over.
 */
const MIN_WINDOW_MS = 500;

/** Turns RTCPeerConnection.getStats into one {@link LinkStats}; keeps a report as the baseline of rates. */
export class StatsSampler {
  #baseline: { at: number; report: Report } | null = null;

  async sample(pc: RTCPeerConnection, sourceOf: SourceOf): Promise<LinkStats> {
    const entries: Entry[] = [];
    (await pc.getStats()).forEach((entry) => {
      entries.push(entry as Entry);
    });
    return this.summarise(entries, sourceOf);
  }

  summarise(entries: readonly Entry[], sourceOf: SourceOf): LinkStats {
    const report: Report = new Map(entries.map((entry) => [entry.id, entry]));
    const transport = entries.find((entry) => entry.type === "transport");
    const pair =
      report.get(string(transport?.selectedCandidatePairId) ?? "") ??
      entries.find(
        (entry) => entry.type === "candidate-pair" && entry.nominated === true && entry.state === "succeeded",
      );
    const at = pair?.timestamp ?? transport?.timestamp ?? 0;
    const baseline = this.#baseline;
    if (baseline === null || at - baseline.at >= MIN_WINDOW_MS || at < baseline.at)
      this.#baseline = { at, report };
    const delta = new StatsDelta(
      baseline?.report ?? new Map(),
      baseline && at > baseline.at ? at - baseline.at : null,
    );

    const inbound = entries.filter((entry) => entry.type === "inbound-rtp");
    const outbound = entries.filter((entry) => entry.type === "outbound-rtp");
    const remote = entries.filter((entry) => entry.type === "remote-inbound-rtp");
    const lost = sum(inbound, (entry) => delta.count(entry, "packetsLost"));
    const expected = lost + sum(inbound, (entry) => delta.count(entry, "packetsReceived"));
    // A stream that stopped keeps its last jitter.
    const jitters = inbound
      .filter((entry) => entry.kind === "audio" && !delta.unchanged(entry, "packetsReceived"))
      .flatMap((entry) => number(entry.jitter) ?? []);
    // Some browsers have no round trip time on the pair; the one of RTCP exists for every sent stream.
    const roundTrips = remote.flatMap((entry) => number(entry.roundTripTime) ?? []);
    const roundTrip =
      number(pair?.currentRoundTripTime) ?? (roundTrips.length > 0 ? Math.max(...roundTrips) : null);
    return {
      roundTrip: milliseconds(roundTrip),
      loss: ratio(lost, expected),
      sentLoss: sentLoss(outbound, remote, delta),
      jitter: jitters.length > 0 ? Math.max(...jitters) * 1000 : null,
      sentBitrate: delta.bitrate(pair, "bytesSent"),
      receivedBitrate: delta.bitrate(pair, "bytesReceived"),
      availableBitrate: number(pair?.availableOutgoingBitrate),
      localCandidate: candidate(report.get(string(pair?.localCandidateId) ?? "")),
      remoteCandidate: candidate(report.get(string(pair?.remoteCandidateId) ?? "")),
      media: [
        ...outbound.flatMap((entry) => media(entry, "sent", report, sourceOf, delta)),
        ...inbound.flatMap((entry) => media(entry, "received", report, sourceOf, delta)),
      ],
    };
  }
}

/** The growth of counters since an earlier report. */
class StatsDelta {
  constructor(
    private readonly before: Report,
    /** Milliseconds; null without an earlier report. */
    readonly elapsed: number | null,
  ) {}

  /** The counter itself if the earlier report lacks the entry; never negative. */
  count(entry: Entry, field: string): number {
    return Math.max(0, (number(entry[field]) ?? 0) - (number(this.before.get(entry.id)?.[field]) ?? 0));
  }

  /** The field is the same as in the earlier report. */
  unchanged(entry: Entry, field: string): boolean {
    const before = this.before.get(entry.id);
    return before !== undefined && number(entry[field]) !== null && before[field] === entry[field];
  }

  /** Rate of a byte counter, in bits per second; 0 without an earlier value. */
  bitrate(entry: Entry | undefined, field: string): number {
    if (!entry || this.elapsed === null || !this.before.has(entry.id)) return 0;
    return (this.count(entry, field) * 8_000) / this.elapsed;
  }

  /** Null if a counter is missing, or the denominator did not grow. */
  ratio(entry: Entry, numerator: string, denominator: string): number | null {
    if (number(entry[numerator]) === null) return null;
    return ratio(this.count(entry, numerator), this.count(entry, denominator));
  }
}

/** The remote side's loss reports, weighted by the packets sent: a stream that stopped keeps its last report. */
function sentLoss(outbound: readonly Entry[], remote: readonly Entry[], delta: StatsDelta): number | null {
  let lost = 0;
  let sent = 0;
  for (const report of remote) {
    const fraction = number(report.fractionLost);
    const stream = outbound.find(({ id }) => id === report.localId);
    if (fraction === null || !stream) continue;
    const packets = delta.count(stream, "packetsSent");
    lost += Math.min(1, Math.max(0, fraction)) * packets;
    sent += packets;
  }
  return ratio(lost, sent);
}

function media(
  entry: Entry,
  direction: "sent" | "received",
  report: Report,
  sourceOf: SourceOf,
  delta: StatsDelta,
): MediaStats[] {
  const source = sourceOf(string(entry.mid), direction);
  if (!source) return [];
  const sent = direction === "sent";
  const origin = sent ? report.get(string(entry.mediaSourceId) ?? "") : entry;
  return [
    {
      direction,
      source,
      codec: string(report.get(string(entry.codecId) ?? "")?.mimeType),
      width: number(entry.frameWidth),
      height: number(entry.frameHeight),
      framesPerSecond: number(entry.framesPerSecond),
      frames: number(sent ? entry.framesEncoded : entry.framesDecoded),
      encodeTime: sent ? milliseconds(delta.ratio(entry, "totalEncodeTime", "framesEncoded")) : null,
      decodeTime: sent ? null : milliseconds(delta.ratio(entry, "totalDecodeTime", "framesDecoded")),
      limitation: sent ? limitation(entry.qualityLimitationReason) : null,
      frozen: frozen(entry, delta),
      packets: number(sent ? entry.packetsSent : entry.packetsReceived),
      concealed: number(entry.concealedSamples),
      concealedShare: concealedShare(entry, delta),
      bufferDelay:
        entry.kind === "audio"
          ? milliseconds(delta.ratio(entry, "jitterBufferDelay", "jitterBufferEmittedCount"))
          : null,
      totalAudioEnergy: number(origin?.totalAudioEnergy),
    },
  ];
}

function frozen(entry: Entry, delta: StatsDelta): number | null {
  if (delta.elapsed === null || number(entry.totalFreezesDuration) === null) return null;
  // A freeze is counted when it ends, so a long one can exceed the elapsed time.
  return Math.min(1, (delta.count(entry, "totalFreezesDuration") * 1000) / delta.elapsed);
}

/** Without concealed silence: with DTX every gap in speech is concealed by silence. */
function concealedShare(entry: Entry, delta: StatsDelta): number | null {
  if (number(entry.concealedSamples) === null) return null;
  const audible = delta.count(entry, "concealedSamples") - delta.count(entry, "silentConcealedSamples");
  const share = ratio(Math.max(0, audible), delta.count(entry, "totalSamplesReceived"));
  return share === null ? null : Math.min(1, share);
}

const LIMITATIONS: readonly string[] = ["none", "bandwidth", "cpu", "other"] satisfies Limitation[];

function limitation(value: unknown): Limitation | null {
  return typeof value === "string" && LIMITATIONS.includes(value) ? (value as Limitation) : null;
}

function candidate(entry: Entry | undefined): string | null {
  if (!entry) return null;
  const parts = [
    entry.candidateType,
    entry.protocol,
    entry.relayProtocol && `relay over ${entry.relayProtocol}`,
  ];
  return parts.filter((part) => typeof part === "string").join(" ");
}

function sum(entries: readonly Entry[], of: (entry: Entry) => number): number {
  return entries.reduce((total, entry) => total + of(entry), 0);
}

const number = (value: unknown): number | null =>
  typeof value === "number" && Number.isFinite(value) ? value : null;
const string = (value: unknown): string | null => (typeof value === "string" ? value : null);
const ratio = (part: number, whole: number): number | null => (whole > 0 ? part / whole : null);
const milliseconds = (seconds: number | null): number | null => (seconds === null ? null : seconds * 1000);
