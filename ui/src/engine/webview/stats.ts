import type { Limitation, LinkStats, MediaStats, Source } from "../types";

type SourceOf = (mid: string | null, direction: "sent" | "received") => Source | null;
// `RTCStatsReport` is a map of dictionaries whose types lag behind the browsers; every field is read as
// optional and checked.
type Entry = { id: string; type: string; timestamp: number } & Record<string, unknown>;
type Report = ReadonlyMap<string, Entry>;

/**
 * A sample sooner than this after the one that figures are counted from leaves that one in place, so that
 * somebody who asks often does not reduce everybody's figures to noise. Milliseconds.
 */
const MIN_WINDOW_MS = 500;

/** Turns RTCPeerConnection.getStats into one {@link LinkStats}; remembers a report to take differences from. */
export class StatsSampler {
  #last: { at: number; report: Report } | null = null;

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
    const last = this.#last;
    if (last === null || at - last.at >= MIN_WINDOW_MS || at < last.at) this.#last = { at, report };
    const since = new Since(last?.report ?? new Map(), last && at > last.at ? at - last.at : null);

    const inbound = entries.filter((entry) => entry.type === "inbound-rtp");
    const outbound = entries.filter((entry) => entry.type === "outbound-rtp");
    const remote = entries.filter((entry) => entry.type === "remote-inbound-rtp");
    const lost = sum(inbound, (entry) => since.count(entry, "packetsLost"));
    const expected = lost + sum(inbound, (entry) => since.count(entry, "packetsReceived"));
    // A voice that stopped coming keeps its last jitter for ever.
    const jitters = inbound
      .filter((entry) => entry.kind === "audio" && !since.still(entry, "packetsReceived"))
      .flatMap((entry) => number(entry.jitter) ?? []);
    // Not every browser has it on the pair; by RTCP it is there wherever something is sent.
    const roundTrips = remote.flatMap((entry) => number(entry.roundTripTime) ?? []);
    const roundTrip =
      number(pair?.currentRoundTripTime) ?? (roundTrips.length > 0 ? Math.max(...roundTrips) : null);
    return {
      roundTrip: milliseconds(roundTrip),
      loss: ratio(lost, expected),
      sentLoss: sentLoss(outbound, remote, since),
      jitter: jitters.length > 0 ? Math.max(...jitters) * 1000 : null,
      sentBitrate: since.bitrate(pair, "bytesSent"),
      receivedBitrate: since.bitrate(pair, "bytesReceived"),
      availableBitrate: number(pair?.availableOutgoingBitrate),
      localCandidate: candidate(report.get(string(pair?.localCandidateId) ?? "")),
      remoteCandidate: candidate(report.get(string(pair?.remoteCandidateId) ?? "")),
      media: [
        ...outbound.flatMap((entry) => media(entry, "sent", report, sourceOf, since)),
        ...inbound.flatMap((entry) => media(entry, "received", report, sourceOf, since)),
      ],
    };
  }
}

/** What counters grew by since an earlier report. */
class Since {
  constructor(
    private readonly before: Report,
    /** Milliseconds; null without an earlier report. */
    readonly elapsed: number | null,
  ) {}

  /** Since the beginning where the earlier report does not know the entry; never below zero. */
  count(entry: Entry, field: string): number {
    return Math.max(0, (number(entry[field]) ?? 0) - (number(this.before.get(entry.id)?.[field]) ?? 0));
  }

  /** The earlier report has the same. */
  still(entry: Entry, field: string): boolean {
    const before = this.before.get(entry.id);
    return before !== undefined && number(entry[field]) !== null && before[field] === entry[field];
  }

  /** Of an octet counter, in bits per second; 0 where there is nothing to compare with. */
  bitrate(entry: Entry | undefined, field: string): number {
    if (!entry || this.elapsed === null || !this.before.has(entry.id)) return 0;
    return (this.count(entry, field) * 8_000) / this.elapsed;
  }

  /** Null where either counter is missing, or nothing was counted. */
  ratio(entry: Entry, numerator: string, denominator: string): number | null {
    if (number(entry[numerator]) === null) return null;
    return ratio(this.count(entry, numerator), this.count(entry, denominator));
  }
}

/**
 * What the other side reports per stream, weighed by what we sent there: a stream we stopped sending keeps
 * its last report for ever.
 */
function sentLoss(outbound: readonly Entry[], remote: readonly Entry[], since: Since): number | null {
  let lost = 0;
  let sent = 0;
  for (const report of remote) {
    const fraction = number(report.fractionLost);
    const stream = outbound.find(({ id }) => id === report.localId);
    if (fraction === null || !stream) continue;
    const packets = since.count(stream, "packetsSent");
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
  since: Since,
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
      encodeTime: sent ? milliseconds(since.ratio(entry, "totalEncodeTime", "framesEncoded")) : null,
      decodeTime: sent ? null : milliseconds(since.ratio(entry, "totalDecodeTime", "framesDecoded")),
      limitation: sent ? limitation(entry.qualityLimitationReason) : null,
      frozen: frozen(entry, since),
      packets: number(sent ? entry.packetsSent : entry.packetsReceived),
      concealed: number(entry.concealedSamples),
      concealedShare: concealedShare(entry, since),
      bufferDelay:
        entry.kind === "audio"
          ? milliseconds(since.ratio(entry, "jitterBufferDelay", "jitterBufferEmittedCount"))
          : null,
      totalAudioEnergy: number(origin?.totalAudioEnergy),
    },
  ];
}

function frozen(entry: Entry, since: Since): number | null {
  if (since.elapsed === null || number(entry.totalFreezesDuration) === null) return null;
  // A freeze is counted when it ends, so that a long one can be more than the time since the last report.
  return Math.min(1, (since.count(entry, "totalFreezesDuration") * 1000) / since.elapsed);
}

/** Without what was silence anyway: a sender that says nothing (DTX) has every gap concealed by silence. */
function concealedShare(entry: Entry, since: Since): number | null {
  if (number(entry.concealedSamples) === null) return null;
  const heard = since.count(entry, "concealedSamples") - since.count(entry, "silentConcealedSamples");
  const share = ratio(Math.max(0, heard), since.count(entry, "totalSamplesReceived"));
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
