/** The rows of the statistics panel, as text. Pure, so that each can be tested without rendering. */
import type { MediaState } from "../../call/types";
import type { LinkStats, MediaStats, Source } from "../../engine/types";
import { bitrate, decimal, milliseconds, percent } from "../../i18n/format";
import type { Language } from "../../i18n/language";
import type { Text } from "../../i18n/text";

export interface StatsRow {
  /** For tests and React keys; not shown. */
  name: string;
  label: string;
  value: string;
}

export interface StatsSection {
  name: string;
  title: string;
  rows: StatsRow[];
}

const ORDER: readonly Source[] = ["camera", "microphone", "screen", "screen-audio"];

/**
 * Rows without a value are left out, and so are sections without rows. `on`: the media that each side has turned on;
 * engines keep reporting the last values of a camera that was turned off.
 */
export function sectionsOf(
  stats: LinkStats,
  on: Record<MediaStats["direction"], MediaState>,
  text: Text,
  language: Language,
): StatsSection[] {
  const sections = (direction: MediaStats["direction"], titles: Record<Source, string>) =>
    ORDER.flatMap((source) => {
      const entry = stats.media.find((media) => media.direction === direction && media.source === source);
      if (!entry || !isSent(entry, on[direction])) return [];
      const rows = mediaRows(entry, text, language);
      return [{ name: `${direction}-${source}`, title: titles[source], rows }];
    });
  return [
    {
      name: "connection",
      title: text.statistics.connection,
      rows: connectionRows(stats, text, language),
    },
    ...sections("received", text.statistics.theirs),
    ...sections("sent", text.statistics.ours),
  ].filter(({ rows }) => rows.length > 0);
}

/** Relayed if either candidate is a relay; null before a candidate pair is selected. */
export function pathOf(stats: LinkStats): "direct" | "relay" | null {
  const types = candidatesOf(stats).map(typeOf);
  if (types.length === 0) return null;
  return types.includes("relay") ? "relay" : "direct";
}

const candidatesOf = ({ localCandidate, remoteCandidate }: LinkStats): string[] =>
  [localCandidate, remoteCandidate].filter((candidate) => candidate !== null);

const typeOf = (candidate: string): string => candidate.split(" ", 1)[0] ?? candidate;

/** "VP8" of "video/VP8". */
export function codecName(codec: string): string {
  return codec.slice(codec.indexOf("/") + 1);
}

function isSent({ source, packets }: MediaStats, state: MediaState): boolean {
  if (source === "camera") return state.camera;
  if (source === "screen") return state.screen;
  // A muted microphone still sends packets from time to time, so its row stays.
  return (packets ?? 0) > 0 && (source === "microphone" || state.screen);
}

function connectionRows(stats: LinkStats, text: Text, language: Language): StatsRow[] {
  const path = pathOf(stats);
  const types = candidatesOf(stats).map(typeOf);
  return [
    ...row("round-trip", text.statistics.roundTrip, stats.roundTrip, (value) =>
      milliseconds(language, value),
    ),
    ...row("loss", text.statistics.loss, stats.loss, (value) => percent(language, value)),
    ...row("sent-loss", text.statistics.sentLoss, stats.sentLoss, (value) => percent(language, value)),
    ...row("jitter", text.statistics.jitter, stats.jitter, (value) => milliseconds(language, value)),
    ...row("received", text.statistics.received, stats.receivedBitrate, (value) => bitrate(language, value)),
    ...row("sent", text.statistics.sent, stats.sentBitrate, (value) => bitrate(language, value)),
    ...row("available", text.statistics.available, stats.availableBitrate, (value) =>
      bitrate(language, value),
    ),
    ...row(
      "path",
      text.statistics.path,
      path,
      (value) => `${text.statistics.paths[value]} (${types.join(" – ")})`,
    ),
  ];
}

function mediaRows(media: MediaStats, text: Text, language: Language): StatsRow[] {
  const size = media.width !== null && media.height !== null ? `${media.width} × ${media.height}` : null;
  const rate = (value: number) => text.statistics.framesPerSecond(decimal(language, value, 0));
  return [
    ...row("resolution", text.statistics.resolution, size, (value) => value),
    ...row("frame-rate", text.statistics.frameRate, media.framesPerSecond, rate),
    ...row("codec", text.statistics.codec, media.codec, codecName),
    ...row("encode-time", text.statistics.encodeTime, media.encodeTime, (value) =>
      milliseconds(language, value),
    ),
    ...row("decode-time", text.statistics.decodeTime, media.decodeTime, (value) =>
      milliseconds(language, value),
    ),
    ...row(
      "limitation",
      text.statistics.limitation,
      media.limitation,
      (value) => text.statistics.limitations[value],
    ),
    ...row("frozen", text.statistics.frozen, media.frozen, (value) => percent(language, value)),
    ...row("concealed", text.statistics.concealed, media.concealedShare, (value) => percent(language, value)),
    ...row("buffer", text.statistics.buffer, media.bufferDelay, (value) => milliseconds(language, value)),
  ];
}

function row<T>(name: string, label: string, value: T | null, format: (value: T) => string): StatsRow[] {
  return value === null ? [] : [{ name, label, value: format(value) }];
}
