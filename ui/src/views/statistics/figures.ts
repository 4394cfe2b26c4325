/** What of a sample is shown, in words: pure, so that every figure can be checked without a screen. */
import type { MediaState } from "../../call/types";
import type { LinkStats, MediaStats, Source } from "../../engine/types";
import { bitrate, decimal, milliseconds, percent } from "../../i18n/format";
import type { Language } from "../../i18n/language";
import type { Text } from "../../i18n/text";

export interface Figure {
  /** For tests and keys; not shown. */
  name: string;
  label: string;
  value: string;
}

export interface Section {
  name: string;
  title: string;
  figures: Figure[];
}

const ORDER: readonly Source[] = ["camera", "microphone", "screen", "screen-audio"];

/**
 * Figures that are not known are left out, and sections without any. `on`: what either side has turned on;
 * engines go on reporting what a camera last sent before it was turned off.
 */
export function sectionsOf(
  stats: LinkStats,
  on: Record<MediaStats["direction"], MediaState>,
  text: Text,
  language: Language,
): Section[] {
  const media = (direction: MediaStats["direction"], titles: Record<Source, string>) =>
    ORDER.flatMap((source) => {
      const entry = stats.media.find((one) => one.direction === direction && one.source === source);
      if (!entry || !flows(entry, on[direction])) return [];
      const figures = mediaFigures(entry, text, language);
      return [{ name: `${direction}-${source}`, title: titles[source], figures }];
    });
  return [
    {
      name: "connection",
      title: text.statistics.connection,
      figures: connectionFigures(stats, text, language),
    },
    ...media("received", text.statistics.theirs),
    ...media("sent", text.statistics.ours),
  ].filter(({ figures }) => figures.length > 0);
}

/** A relay on either side carries it; null before a path was chosen. */
export function pathOf(stats: LinkStats): "direct" | "relay" | null {
  const types = candidatesOf(stats).map(typeOf);
  if (types.length === 0) return null;
  return types.includes("relay") ? "relay" : "direct";
}

const candidatesOf = ({ localCandidate, remoteCandidate }: LinkStats): string[] =>
  [localCandidate, remoteCandidate].filter((candidate) => candidate !== null);

const typeOf = (candidate: string): string => candidate.split(" ", 1)[0] ?? candidate;

/** "VP8" of "video/VP8": the kind is said by the section. */
export function codecName(codec: string): string {
  return codec.slice(codec.indexOf("/") + 1);
}

function flows({ source, packets }: MediaStats, state: MediaState): boolean {
  if (source === "camera") return state.camera;
  if (source === "screen") return state.screen;
  // A muted microphone still sends, now and then, and what it sends can get lost.
  return (packets ?? 0) > 0 && (source === "microphone" || state.screen);
}

function connectionFigures(stats: LinkStats, text: Text, language: Language): Figure[] {
  const { statistics } = text;
  const path = pathOf(stats);
  const types = candidatesOf(stats).map(typeOf);
  return [
    ...figure("round-trip", statistics.roundTrip, stats.roundTrip, (value) => milliseconds(language, value)),
    ...figure("loss", statistics.loss, stats.loss, (value) => percent(language, value)),
    ...figure("sent-loss", statistics.sentLoss, stats.sentLoss, (value) => percent(language, value)),
    ...figure("jitter", statistics.jitter, stats.jitter, (value) => milliseconds(language, value)),
    ...figure("received", statistics.received, stats.receivedBitrate, (value) => bitrate(language, value)),
    ...figure("sent", statistics.sent, stats.sentBitrate, (value) => bitrate(language, value)),
    ...figure("available", statistics.available, stats.availableBitrate, (value) => bitrate(language, value)),
    ...figure("path", statistics.path, path, (value) => `${statistics.paths[value]} (${types.join(" – ")})`),
  ];
}

function mediaFigures(media: MediaStats, text: Text, language: Language): Figure[] {
  const { statistics } = text;
  const size = media.width !== null && media.height !== null ? `${media.width} × ${media.height}` : null;
  const rate = (value: number) => statistics.framesPerSecond(decimal(language, value, 0));
  return [
    ...figure("resolution", statistics.resolution, size, (value) => value),
    ...figure("frame-rate", statistics.frameRate, media.framesPerSecond, rate),
    ...figure("codec", statistics.codec, media.codec, codecName),
    ...figure("encode-time", statistics.encodeTime, media.encodeTime, (value) =>
      milliseconds(language, value),
    ),
    ...figure("decode-time", statistics.decodeTime, media.decodeTime, (value) =>
      milliseconds(language, value),
    ),
    ...figure(
      "limitation",
      statistics.limitation,
      media.limitation,
      (value) => statistics.limitations[value],
    ),
    ...figure("frozen", statistics.frozen, media.frozen, (value) => percent(language, value)),
    ...figure("concealed", statistics.concealed, media.concealedShare, (value) => percent(language, value)),
    ...figure("buffer", statistics.buffer, media.bufferDelay, (value) => milliseconds(language, value)),
  ];
}

function figure<T>(name: string, label: string, value: T | null, words: (value: T) => string): Figure[] {
  return value === null ? [] : [{ name, label, value: words(value) }];
}
