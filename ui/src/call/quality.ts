/**
 * Rates a link (good, fair or poor) and names the main cause. Pure: samples go in one by one, the next rating comes
 * out.
 *
 * Three rules keep the rating stable. Each metric is averaged over ten seconds without its worst sample, so that a
 * single bad second changes nothing. Thresholds have hysteresis. And the rating gets worse at once, but improves only
 * after it was better for ten seconds.
 */
import type { LinkStats } from "../engine/types";

/** By priority where several are equally bad: the first ones tend to cause the others. */
export const CAUSES = ["loss", "delay", "jitter", "bandwidth", "frames"] as const;
export type Cause = (typeof CAUSES)[number];

export interface Quality {
  level: "good" | "fair" | "poor" | "unknown";
  /** Set if the level is fair or poor. */
  cause: Cause | null;
}

export const UNKNOWN: Quality = { level: "unknown", cause: null };

/** The metrics of one sample. Greater is worse; null if not measured. */
export interface QualityMetrics {
  /** Share of packets lost, 0–1, in the worse direction. */
  loss: number | null;
  /** Share of the played audio that was concealed (synthesised for missing packets), 0–1. */
  concealed: number | null;
  /** Estimated mouth-to-ear delay in one direction, in milliseconds: half the round trip and the jitter buffer. */
  delay: number | null;
  /** RFC 3550 §6.4.1, in milliseconds. */
  jitter: number | null;
  /** Our camera: 0 not limited by bandwidth, 1 limited, 2 limited to less than {@link MIN_VIDEO_BITRATE}. */
  bandwidthLimited: number | null;
  /** Their camera: milliseconds between two frames. */
  frameInterval: number | null;
  /** Their camera: share of the time in freezes, 0–1. */
  frozen: number | null;
}

export const NO_METRICS: QualityMetrics = {
  loss: null,
  concealed: null,
  delay: null,
  jitter: null,
  bandwidthLimited: null,
  frameInterval: null,
  frozen: null,
};

/** Above `fair` the metric is fair, above `poor` it is poor. */
interface Threshold {
  fair: number;
  poor: number;
  cause: Cause;
}

export const THRESHOLDS: Readonly<Record<keyof QualityMetrics, Threshold>> = {
  /**
   * ITU-T G.113 Appendix I and G.107: random loss of 2 % costs about 7 points of R even with concealment
   * (G.711, Bpl 25.1), 5 % about 16, which is below 80, "some users dissatisfied" (G.109).
   */
  loss: { fair: 0.02, poor: 0.05, cause: "loss" },
  /** Poor from 7 %, as Microsoft's Call Quality Dashboard classifies streams. Fair: our own, by listening. */
  concealed: { fair: 0.03, poor: 0.07, cause: "jitter" },
  /** ITU-T G.114: up to 150 ms essentially transparent, above 400 ms unacceptable. */
  delay: { fair: 150, poor: 400, cause: "delay" },
  /**
   * 30 ms: the network requirement in Microsoft's and Cisco's design guides. 50 ms: the delay variation that ITU-T
   * Y.1541 allows for its interactive classes.
   */
  jitter: { fair: 30, poor: 50, cause: "jitter" },
  /** Means of 0, 1 and 2: most samples of the window are at 1, or at 2. */
  bandwidthLimited: { fair: 0.75, poor: 1.5, cause: "bandwidth" },
  /**
   * ITU-T H-series Supplement 1: lip reading needs 12 frames per second. Below five frames per second is no longer
   * seen as motion; that value is our own.
   */
  frameInterval: { fair: 1000 / 12, poor: 200, cause: "frames" },
  /** Our own: 0.5 s of freezes in 10 s is noticeable, 2 s is too much. */
  frozen: { fair: 0.05, poor: 0.2, cause: "frames" },
};

const METRICS = Object.keys(THRESHOLDS) as (keyof QualityMetrics)[];

/** Window over which metrics are averaged, in milliseconds. */
export const WINDOW_MS = 10_000;
/** Fewer samples than this give no rating. */
export const MIN_SAMPLES = 3;
/** How long the rating must have been better before it improves, in milliseconds. */
export const IMPROVE_AFTER_MS = 10_000;
/** Hysteresis: a crossed threshold is left below this share of its value. */
const HYSTERESIS = 0.85;
/** Bandwidth estimation starts low and ramps up: its limit is ignored this long after connecting, in milliseconds. */
export const RAMP_UP_MS = 15_000;
/** Less than this is not enough for video beside audio, in bits per second. */
export const MIN_VIDEO_BITRATE = 200_000;
/** Upper bound of the frame interval, also used when no frames arrive. Milliseconds. */
const MAX_FRAME_INTERVAL_MS = 1_000;

type Grade = 0 | 1 | 2;

/** The state between two samples. */
export interface Rating {
  quality: Quality;
  /** Time of the first sample; null before it. */
  startedAt: number | null;
  /** Samples within {@link WINDOW_MS}, oldest first. */
  window: readonly ({ at: number } & QualityMetrics)[];
  grades: Readonly<Record<keyof QualityMetrics, Grade>>;
  /** When the link was last at least this bad. */
  last: { fair: number | null; poor: number | null };
}

export const NO_RATING: Rating = {
  quality: UNKNOWN,
  startedAt: null,
  window: [],
  grades: { loss: 0, concealed: 0, delay: 0, jitter: 0, bandwidthLimited: 0, frameInterval: 0, frozen: 0 },
  last: { fair: null, poor: null },
};

/** `expected`: which cameras are on. Metrics of a camera that is off are null. */
export function metricsOf(
  stats: LinkStats,
  expected: { camera: boolean; ownCamera: boolean },
): QualityMetrics {
  const find = (direction: "sent" | "received", source: "microphone" | "camera") =>
    stats.media.find((media) => media.direction === direction && media.source === source);
  const audio = find("received", "microphone");
  const theirs = expected.camera ? find("received", "camera") : undefined;
  const ours = expected.ownCamera ? find("sent", "camera") : undefined;
  const losses = [stats.loss, stats.sentLoss].filter((loss) => loss !== null);
  const frameRate = theirs?.framesPerSecond ?? null;
  return {
    loss: losses.length > 0 ? Math.max(...losses) : null,
    concealed: audio?.concealedShare ?? null,
    delay: stats.roundTrip === null ? null : stats.roundTrip / 2 + (audio?.bufferDelay ?? 0),
    jitter: stats.jitter,
    bandwidthLimited: bandwidthLimited(ours?.limitation ?? null, stats.availableBitrate),
    frameInterval:
      frameRate === null ? null : Math.min(MAX_FRAME_INTERVAL_MS, 1000 / Math.max(frameRate, 1e-3)),
    frozen: theirs?.frozen ?? null,
  };
}

function bandwidthLimited(limitation: string | null, availableBitrate: number | null): number | null {
  if (limitation === null) return null;
  if (limitation !== "bandwidth") return 0;
  return availableBitrate !== null && availableBitrate < MIN_VIDEO_BITRATE ? 2 : 1;
}

/** Adds one sample. `at` in milliseconds; samples later than that (the clock was set back) are dropped. */
export function rate(previous: Rating, metrics: QualityMetrics, at: number): Rating {
  const startedAt = Math.min(previous.startedAt ?? at, at);
  const bandwidthLimited = at - startedAt < RAMP_UP_MS ? null : metrics.bandwidthLimited;
  const recent = previous.window.filter((sample) => sample.at <= at && at - sample.at < WINDOW_MS);
  const window = [...recent, { ...metrics, bandwidthLimited, at }];
  const grades = { ...previous.grades };
  let measured = false;
  for (const metric of METRICS) {
    const value = meanWithoutWorst(window.flatMap((sample) => sample[metric] ?? []));
    grades[metric] = value === null ? 0 : grade(value, THRESHOLDS[metric], previous.grades[metric]);
    measured ||= value !== null;
  }
  // Nothing was measured for a while: an old rating says nothing about now.
  if (!measured) return { ...NO_RATING, startedAt, window };
  const worst = Math.max(...METRICS.map((metric) => grades[metric]));
  const last = { fair: worst >= 1 ? at : previous.last.fair, poor: worst >= 2 ? at : previous.last.poor };
  const holds = (since: number | null) => since !== null && since <= at && at - since < IMPROVE_AFTER_MS;
  const level = holds(last.poor) ? 2 : holds(last.fair) ? 1 : 0;
  const quality = qualityOf(level, grades, previous.quality.cause);
  return { quality, startedAt, window, grades, last };
}

/** The mean of all but the greatest; null with fewer than {@link MIN_SAMPLES}. */
function meanWithoutWorst(values: readonly number[]): number | null {
  if (values.length < MIN_SAMPLES) return null;
  const sum = values.reduce((total, value) => total + value, 0);
  return (sum - Math.max(...values)) / (values.length - 1);
}

function grade(value: number, { fair, poor }: Threshold, previous: Grade): Grade {
  if (value > poor || (previous === 2 && value > poor * HYSTERESIS)) return 2;
  return value > fair || (previous >= 1 && value > fair * HYSTERESIS) ? 1 : 0;
}

/** `previous`: the cause named before, kept while it still applies, so that two causes do not alternate. */
function qualityOf(level: Grade, grades: Rating["grades"], previous: Cause | null): Quality {
  if (level === 0) return { level: "good", cause: null };
  const causesAt = (minimum: number) =>
    CAUSES.filter((cause) =>
      METRICS.some((metric) => causeOf(metric, grades) === cause && grades[metric] >= minimum),
    );
  const causes = causesAt(level);
  const cause =
    previous !== null && (causes.length === 0 || causes.includes(previous)) ? previous : causes[0];
  return { level: level === 1 ? "fair" : "poor", cause: cause ?? causesAt(1)[0] ?? previous };
}

/** Audio is concealed for packets that are lost or late: late ones if none are lost. */
function causeOf(metric: keyof QualityMetrics, grades: Rating["grades"]): Cause {
  return metric === "concealed" && grades.loss > 0 ? "loss" : THRESHOLDS[metric].cause;
}
