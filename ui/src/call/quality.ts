/**
 * How good a connection is, in one word, and what spoils it. Pure: samples go in one by one, the next
 * verdict comes out.
 *
 * Three things keep the word from flapping. A figure is the mean of the last ten seconds without its worst
 * sample, so that one bad second is no verdict. A threshold that was crossed counts until the figure is
 * well below it again. And the word gets worse at once, but better only after it was better for ten seconds.
 */
import type { LinkStats } from "../engine/types";

/** Worst first where several are equally bad: what is more often the cause of the others. */
export const CAUSES = ["loss", "delay", "jitter", "bandwidth", "frames"] as const;
export type Cause = (typeof CAUSES)[number];

export interface Quality {
  level: "good" | "fair" | "poor" | "unknown";
  /** Set where it is fair or poor. */
  cause: Cause | null;
}

export const UNKNOWN: Quality = { level: "unknown", cause: null };

/** What is looked at. Each grows as it gets worse; null where it was not measured. */
export interface Figures {
  /** Share of packets lost, 0–1, in the worse direction. */
  loss: number | null;
  /** Share of what is heard that is made up, 0–1. */
  concealed: number | null;
  /** One way from voice to ear as far as we see it, in milliseconds: half the round trip, and their buffer. */
  delay: number | null;
  /** RFC 3550 §6.4.1, in milliseconds. */
  jitter: number | null;
  /** Our camera: 0 sent as it should be, 1 with less than that, 2 with hardly enough for a picture. */
  starved: number | null;
  /** Their camera: milliseconds between two frames. */
  frameInterval: number | null;
  /** Their camera: share of the time it stood still. */
  frozen: number | null;
}

/** More than `fair` is fair, more than `poor` is poor. */
interface Threshold {
  fair: number;
  poor: number;
  cause: Cause;
}

export const THRESHOLDS: Readonly<Record<keyof Figures, Threshold>> = {
  /**
   * ITU-T G.113 Appendix I and G.107: random loss of 2 % costs about 7 points of R even with concealment
   * (G.711, Bpl 25.1), 5 % about 16, which is below 80, "some users dissatisfied" (G.109).
   */
  loss: { fair: 0.02, poor: 0.05, cause: "loss" },
  /** Poor from 7 %, as Microsoft's Call Quality Dashboard classifies streams; fair by the ear, from half. */
  concealed: { fair: 0.03, poor: 0.07, cause: "jitter" },
  /** ITU-T G.114: up to 150 ms essentially transparent, above 400 ms unacceptable. */
  delay: { fair: 150, poor: 400, cause: "delay" },
  /**
   * 30 ms: what makers of call systems ask of a network (Microsoft's and Cisco's design guides). 50 ms: the
   * delay variation ITU-T Y.1541 allows the classes meant for talking.
   */
  jitter: { fair: 30, poor: 50, cause: "jitter" },
  /** Most samples of the window at 1, or at 2. */
  starved: { fair: 0.75, poor: 1.5, cause: "bandwidth" },
  /**
   * ITU-T H-series Supplement 1: 12 frames a second is where lips can still be read. Under five nobody
   * takes it for moving; that one is our own.
   */
  frameInterval: { fair: 1000 / 12, poor: 200, cause: "frames" },
  /** Our own: half a second in ten is seen, two are too many. */
  frozen: { fair: 0.05, poor: 0.2, cause: "frames" },
};

const METRICS = Object.keys(THRESHOLDS) as (keyof Figures)[];

/** How far back figures are averaged, in milliseconds. */
export const WINDOW_MS = 10_000;
/** Fewer samples than this are no ground for a verdict. */
export const MIN_SAMPLES = 3;
/** How long it must not have been as bad before that is no longer said, in milliseconds. */
export const RECOVER_MS = 10_000;
/** A threshold that was crossed lets go below this share of itself. */
export const RELEASE = 0.85;
/** Every connection begins with little and finds out how much there is; so long that is no news. Milliseconds. */
export const RAMP_UP_MS = 15_000;
/** Below this the path has no room for a picture beside the voice, in bits per second. */
export const STARVED_BITRATE = 200_000;
/** The longest interval between frames that is told apart from "none come", in milliseconds. */
const NO_FRAMES_MS = 1_000;

type Grade = 0 | 1 | 2;

export interface Judgement {
  quality: Quality;
  /** Of the first sample; null before it. */
  begun: number | null;
  /** Within {@link WINDOW_MS}, oldest first. */
  window: readonly ({ at: number } & Figures)[];
  grades: Readonly<Record<keyof Figures, Grade>>;
  /** When it was last at least this bad. */
  last: { fair: number | null; poor: number | null };
}

export const NO_JUDGEMENT: Judgement = {
  quality: UNKNOWN,
  begun: null,
  window: [],
  grades: { loss: 0, concealed: 0, delay: 0, jitter: 0, starved: 0, frameInterval: 0, frozen: 0 },
  last: { fair: null, poor: null },
};

/** What of a sample is looked at. `expected`: which pictures should be on their way. */
export function figuresOf(stats: LinkStats, expected: { camera: boolean; ownCamera: boolean }): Figures {
  const of = (direction: "sent" | "received", source: "microphone" | "camera") =>
    stats.media.find((media) => media.direction === direction && media.source === source);
  const voice = of("received", "microphone");
  const theirs = expected.camera ? of("received", "camera") : undefined;
  const ours = expected.ownCamera ? of("sent", "camera") : undefined;
  const losses = [stats.loss, stats.sentLoss].filter((loss) => loss !== null);
  const rate = theirs?.framesPerSecond ?? null;
  return {
    loss: losses.length > 0 ? Math.max(...losses) : null,
    concealed: voice?.concealedShare ?? null,
    delay: stats.roundTrip === null ? null : stats.roundTrip / 2 + (voice?.bufferDelay ?? 0),
    jitter: stats.jitter,
    starved: starved(ours?.limitation ?? null, stats.availableBitrate),
    frameInterval: rate === null ? null : Math.min(NO_FRAMES_MS, 1000 / Math.max(rate, 1e-3)),
    frozen: theirs?.frozen ?? null,
  };
}

function starved(limitation: string | null, availableBitrate: number | null): number | null {
  if (limitation === null) return null;
  if (limitation !== "bandwidth") return 0;
  return availableBitrate !== null && availableBitrate < STARVED_BITRATE ? 2 : 1;
}

/** One step. `at` in milliseconds; what is later than that (the clock was set back) is forgotten. */
export function judge(before: Judgement, figures: Figures, at: number): Judgement {
  const begun = Math.min(before.begun ?? at, at);
  const starved = at - begun < RAMP_UP_MS ? null : figures.starved;
  const recent = before.window.filter((sample) => sample.at <= at && at - sample.at < WINDOW_MS);
  const window = [...recent, { ...figures, starved, at }];
  const grades = { ...before.grades };
  let known = false;
  for (const metric of METRICS) {
    const value = withoutWorst(window.flatMap((sample) => sample[metric] ?? []));
    grades[metric] = value === null ? 0 : grade(value, THRESHOLDS[metric], before.grades[metric]);
    known ||= value !== null;
  }
  // Nothing measured for a while: what was said no longer holds.
  if (!known) return { ...NO_JUDGEMENT, begun, window };
  const now = Math.max(...METRICS.map((metric) => grades[metric]));
  const last = { fair: now >= 1 ? at : before.last.fair, poor: now >= 2 ? at : before.last.poor };
  const holds = (since: number | null) => since !== null && since <= at && at - since < RECOVER_MS;
  const level = holds(last.poor) ? 2 : holds(last.fair) ? 1 : 0;
  return { quality: qualityOf(level, grades, before.quality.cause), begun, window, grades, last };
}

/** The mean of all but the greatest; null with fewer than {@link MIN_SAMPLES}. */
function withoutWorst(values: readonly number[]): number | null {
  if (values.length < MIN_SAMPLES) return null;
  const sum = values.reduce((total, value) => total + value, 0);
  return (sum - Math.max(...values)) / (values.length - 1);
}

function grade(value: number, { fair, poor }: Threshold, before: Grade): Grade {
  if (value > poor || (before === 2 && value > poor * RELEASE)) return 2;
  return value > fair || (before >= 1 && value > fair * RELEASE) ? 1 : 0;
}

/** Keeps the cause that was named for as long as it is one: two that take turns are not news. */
function qualityOf(level: Grade, grades: Judgement["grades"], named: Cause | null): Quality {
  if (level === 0) return { level: "good", cause: null };
  const atLeast = (wanted: number) =>
    CAUSES.filter((cause) =>
      METRICS.some((metric) => causeOf(metric, grades) === cause && grades[metric] >= wanted),
    );
  const causes = atLeast(level);
  const cause = named !== null && (causes.length === 0 || causes.includes(named)) ? named : causes[0];
  return { level: level === 1 ? "fair" : "poor", cause: cause ?? atLeast(1)[0] ?? named };
}

/** Sound is made up for packets that are lost, or too late; where none are lost they are late. */
function causeOf(metric: keyof Figures, grades: Judgement["grades"]): Cause {
  return metric === "concealed" && grades.loss > 0 ? "loss" : THRESHOLDS[metric].cause;
}
