import type { LinkStats, MediaStats, Source } from "../types";

type SourceOf = (mid: string | null, direction: "sent" | "received") => Source | null;
// `RTCStatsReport` is a map of dictionaries whose types lag behind the browsers; every field is read as
// optional and checked.
type Entry = { id: string; type: string; timestamp: number } & Record<string, unknown>;

/** Turns RTCPeerConnection.getStats into one {@link LinkStats}; remembers the last sample for rates. */
export class StatsSampler {
  #last: { at: number; sent: number; received: number; lost: number; packets: number } | null = null;

  async sample(pc: RTCPeerConnection, sourceOf: SourceOf): Promise<LinkStats> {
    const entries: Entry[] = [];
    (await pc.getStats()).forEach((entry) => {
      entries.push(entry as Entry);
    });
    return this.summarise(entries, sourceOf);
  }

  summarise(entries: readonly Entry[], sourceOf: SourceOf): LinkStats {
    const byId = new Map(entries.map((entry) => [entry.id, entry]));
    const transport = entries.find((entry) => entry.type === "transport");
    const pair =
      byId.get(string(transport?.selectedCandidatePairId) ?? "") ??
      entries.find(
        (entry) => entry.type === "candidate-pair" && entry.nominated === true && entry.state === "succeeded",
      );
    const inbound = entries.filter((entry) => entry.type === "inbound-rtp");
    const outbound = entries.filter((entry) => entry.type === "outbound-rtp");
    const totals = {
      at: pair?.timestamp ?? transport?.timestamp ?? 0,
      sent: number(pair?.bytesSent) ?? 0,
      received: number(pair?.bytesReceived) ?? 0,
      lost: sum(inbound, "packetsLost"),
      packets: sum(inbound, "packetsReceived"),
    };
    const last = this.#last;
    this.#last = totals;
    const rate = (now: number, before: number | undefined): number =>
      last && before !== undefined && totals.at > last.at
        ? Math.max(0, ((now - before) * 8_000) / (totals.at - last.at))
        : 0;
    const lost = Math.max(0, totals.lost - (last?.lost ?? 0));
    const expected = lost + Math.max(0, totals.packets - (last?.packets ?? 0));
    const jitters = inbound
      .filter((entry) => entry.kind === "audio")
      .flatMap((entry) => number(entry.jitter) ?? []);
    return {
      roundTrip: milliseconds(number(pair?.currentRoundTripTime)),
      loss: expected > 0 ? lost / expected : null,
      jitter: jitters.length > 0 ? Math.max(...jitters) * 1000 : null,
      sentBitrate: rate(totals.sent, last?.sent),
      receivedBitrate: rate(totals.received, last?.received),
      localCandidate: candidate(byId.get(string(pair?.localCandidateId) ?? "")),
      remoteCandidate: candidate(byId.get(string(pair?.remoteCandidateId) ?? "")),
      media: [
        ...outbound.flatMap((entry) => media(entry, "sent", byId, sourceOf)),
        ...inbound.flatMap((entry) => media(entry, "received", byId, sourceOf)),
      ],
    };
  }
}

function media(
  entry: Entry,
  direction: "sent" | "received",
  byId: Map<string, Entry>,
  sourceOf: SourceOf,
): MediaStats[] {
  const source = sourceOf(string(entry.mid), direction);
  if (!source) return [];
  const sent = direction === "sent";
  const origin = sent ? byId.get(string(entry.mediaSourceId) ?? "") : entry;
  return [
    {
      direction,
      source,
      codec: string(byId.get(string(entry.codecId) ?? "")?.mimeType),
      width: number(entry.frameWidth),
      height: number(entry.frameHeight),
      framesPerSecond: number(entry.framesPerSecond),
      frames: number(sent ? entry.framesEncoded : entry.framesDecoded),
      packets: number(sent ? entry.packetsSent : entry.packetsReceived),
      concealed: number(entry.concealedSamples),
      totalAudioEnergy: number(origin?.totalAudioEnergy),
    },
  ];
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

function sum(entries: readonly Entry[], field: string): number {
  return entries.reduce((total, entry) => total + (number(entry[field]) ?? 0), 0);
}

const number = (value: unknown): number | null =>
  typeof value === "number" && Number.isFinite(value) ? value : null;
const string = (value: unknown): string | null => (typeof value === "string" ? value : null);
const milliseconds = (seconds: number | null): number | null => (seconds === null ? null : seconds * 1000);
