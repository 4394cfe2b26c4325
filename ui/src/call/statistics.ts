/**
 * Samples every link while in a call. The verdict goes into the call's snapshot; the figures themselves
 * only to who watches a participant, or the whole call view would render for every sample.
 */
import type { Link, LinkStats } from "../engine/types";
import {
  type Figures,
  figuresOf,
  type Judgement,
  judge,
  NO_JUDGEMENT,
  type Quality,
  UNKNOWN,
} from "./quality";

/** How often a link is asked, in milliseconds. */
export const SAMPLE_MS = 2_000;
/** And while somebody watches its figures. */
export const WATCHED_MS = 1_000;
/** Samples kept per link; older ones go. */
export const HISTORY = 60;
/** A link that takes longer than this to answer has no known quality, in milliseconds. */
export const OVERDUE_MS = 10_000;

export interface StatsSample {
  /** Milliseconds since the epoch. */
  at: number;
  stats: LinkStats;
}

/** A link, as far as this goes. */
export interface Sampled {
  key: string;
  link: Pick<Link, "stats">;
  /** What is not connected is not asked. */
  connected: boolean;
  /** Whether pictures should be on their way, theirs and ours. */
  camera: boolean;
  ownCamera: boolean;
}

interface Entry {
  sampled: Sampled;
  askedAt: number | null;
  /** Never asked again before it answered. */
  asking: boolean;
  samples: readonly StatsSample[];
  judgement: Judgement;
}

const NONE: readonly StatsSample[] = [];
const NO_FIGURES: Figures = {
  loss: null,
  concealed: null,
  delay: null,
  jitter: null,
  starved: null,
  frameInterval: null,
  frozen: null,
};

export class Statistics {
  #entries = new Map<string, Entry>();
  #watchers = new Map<string, Set<() => void>>();

  constructor(
    private readonly now: () => number,
    /** Somebody's quality is another. */
    private readonly changed: () => void,
  ) {}

  quality(key: string): Quality {
    return this.#entries.get(key)?.judgement.quality ?? UNKNOWN;
  }

  /** Oldest first, at most {@link HISTORY}; the same array until there is another sample. */
  samples(key: string): readonly StatsSample[] {
    return this.#entries.get(key)?.samples ?? NONE;
  }

  /** Tells of each sample of this link, and has it asked more often meanwhile. */
  watch(key: string, listener: () => void): () => void {
    // The same function may watch twice; each watching ends by itself.
    const own = () => listener();
    const watchers = this.#watchers.get(key) ?? new Set<() => void>();
    this.#watchers.set(key, watchers.add(own));
    return () => {
      watchers.delete(own);
      if (watchers.size === 0 && this.#watchers.get(key) === watchers) this.#watchers.delete(key);
    };
  }

  /** Asks whose turn it is, and forgets who is not among `links` any more. A few times a second. */
  tick(links: readonly Sampled[]): void {
    const now = this.now();
    const gone = new Set(this.#entries.keys());
    for (const sampled of links) {
      gone.delete(sampled.key);
      const entry = this.#entry(sampled);
      const waited = entry.askedAt === null ? Number.POSITIVE_INFINITY : now - entry.askedAt;
      if (!sampled.connected || (entry.asking && waited >= OVERDUE_MS)) this.#judged(entry, NO_JUDGEMENT);
      if (!sampled.connected || entry.asking) continue;
      const every = this.#watchers.has(sampled.key) ? WATCHED_MS : SAMPLE_MS;
      // Below zero: the clock was set back.
      if (waited < 0 || waited >= every) void this.#ask(entry, now);
    }
    for (const key of gone) this.#entries.delete(key);
  }

  /** A link that was replaced begins anew: its counters do. */
  #entry(sampled: Sampled): Entry {
    const known = this.#entries.get(sampled.key);
    if (known?.sampled.link === sampled.link) {
      known.sampled = sampled;
      return known;
    }
    const entry: Entry = { sampled, askedAt: null, asking: false, samples: NONE, judgement: NO_JUDGEMENT };
    this.#entries.set(sampled.key, entry);
    if (known && known.judgement.quality !== UNKNOWN) this.changed();
    return entry;
  }

  async #ask(entry: Entry, now: number): Promise<void> {
    entry.askedAt = now;
    entry.asking = true;
    let stats: LinkStats | null = null;
    try {
      stats = await entry.sampled.link.stats();
    } catch {
      // A connection between two states; the next one may answer. Until then nothing is known.
    }
    entry.asking = false;
    const { key, connected } = entry.sampled;
    if (this.#entries.get(key) !== entry || !connected) return;
    const at = this.now();
    const figures = stats ? figuresOf(stats, entry.sampled) : NO_FIGURES;
    this.#judged(entry, judge(entry.judgement, figures, at));
    if (!stats) return;
    entry.samples = [...entry.samples, { at, stats }].slice(-HISTORY);
    for (const listener of [...(this.#watchers.get(key) ?? [])]) listener();
  }

  #judged(entry: Entry, judgement: Judgement): void {
    const { level, cause } = entry.judgement.quality;
    entry.judgement = judgement;
    if (judgement.quality.level !== level || judgement.quality.cause !== cause) this.changed();
  }
}
