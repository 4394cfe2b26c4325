/**
 * Samples the statistics of every link while in a call. The rating goes into the call's snapshot. The samples
 * themselves go only to watchers of a participant: in the snapshot they would re-render the whole call view.
 */
import type { Link, LinkStats } from "../engine/types";
import { metricsOf, NO_METRICS, NO_RATING, type Quality, type Rating, rate, UNKNOWN } from "./quality";

/** Sampling interval, in milliseconds. */
export const SAMPLE_MS = 2_000;
/** Sampling interval of a watched link, in milliseconds. */
export const WATCHED_SAMPLE_MS = 1_000;
/** Samples kept per link; older ones are dropped. */
export const MAX_SAMPLES = 60;
/** A link whose statistics take longer than this has no known quality, in milliseconds. */
export const STATS_TIMEOUT_MS = 10_000;

export interface StatsSample {
  /** Milliseconds since the epoch. */
  at: number;
  stats: LinkStats;
}

export interface SampledLink {
  key: string;
  link: Pick<Link, "stats">;
  /** Links that are not connected are not sampled. */
  connected: boolean;
  /** Whether their camera is on, and ours. */
  camera: boolean;
  ownCamera: boolean;
}

interface Entry {
  sampled: SampledLink;
  requestedAt: number | null;
  /** There is at most one request at a time. */
  requesting: boolean;
  samples: readonly StatsSample[];
  rating: Rating;
}

const NO_SAMPLES: readonly StatsSample[] = [];

export class LinkSampler {
  #entries = new Map<string, Entry>();
  #watchers = new Map<string, Set<() => void>>();

  constructor(
    private readonly now: () => number,
    private readonly onQualityChange: () => void,
  ) {}

  quality(key: string): Quality {
    return this.#entries.get(key)?.rating.quality ?? UNKNOWN;
  }

  /** Oldest first, at most {@link MAX_SAMPLES}; the same array until there is another sample. */
  samples(key: string): readonly StatsSample[] {
    return this.#entries.get(key)?.samples ?? NO_SAMPLES;
  }

  /** Calls `listener` after each sample of this link, which is sampled more often meanwhile. */
  watch(key: string, listener: () => void): () => void {
    // A function of its own, so that the same listener can watch twice and stop once.
    const watcher = () => listener();
    const watchers = this.#watchers.get(key) ?? new Set<() => void>();
    this.#watchers.set(key, watchers.add(watcher));
    return () => {
      watchers.delete(watcher);
      if (watchers.size === 0 && this.#watchers.get(key) === watchers) this.#watchers.delete(key);
    };
  }

  /** A few times a second: samples the links that are due, and forgets those that are not among `links` any more. */
  tick(links: readonly SampledLink[]): void {
    const now = this.now();
    const removed = new Set(this.#entries.keys());
    for (const sampled of links) {
      removed.delete(sampled.key);
      const entry = this.#entry(sampled);
      const elapsed = entry.requestedAt === null ? Number.POSITIVE_INFINITY : now - entry.requestedAt;
      if (!sampled.connected || (entry.requesting && elapsed >= STATS_TIMEOUT_MS))
        this.#setRating(entry, NO_RATING);
      if (!sampled.connected || entry.requesting) continue;
      const interval = this.#watchers.has(sampled.key) ? WATCHED_SAMPLE_MS : SAMPLE_MS;
      // Negative if the clock was set back.
      if (elapsed < 0 || elapsed >= interval) void this.#sample(entry, now);
    }
    for (const key of removed) this.#entries.delete(key);
  }

  /** A replaced link gets a new entry, because its counters start again. */
  #entry(sampled: SampledLink): Entry {
    const known = this.#entries.get(sampled.key);
    if (known?.sampled.link === sampled.link) {
      known.sampled = sampled;
      return known;
    }
    const entry: Entry = {
      sampled,
      requestedAt: null,
      requesting: false,
      samples: NO_SAMPLES,
      rating: NO_RATING,
    };
    this.#entries.set(sampled.key, entry);
    if (known && known.rating.quality !== UNKNOWN) this.onQualityChange();
    return entry;
  }

  async #sample(entry: Entry, now: number): Promise<void> {
    entry.requestedAt = now;
    entry.requesting = true;
    let stats: LinkStats | null = null;
    try {
      stats = await entry.sampled.link.stats();
    } catch {
      // Statistics can fail while a connection changes state. Nothing is known until the next sample.
    }
    entry.requesting = false;
    const { key, connected } = entry.sampled;
    if (this.#entries.get(key) !== entry || !connected) return;
    const at = this.now();
    const metrics = stats ? metricsOf(stats, entry.sampled) : NO_METRICS;
    this.#setRating(entry, rate(entry.rating, metrics, at));
    if (!stats) return;
    entry.samples = [...entry.samples, { at, stats }].slice(-MAX_SAMPLES);
    for (const listener of [...(this.#watchers.get(key) ?? [])]) listener();
  }

  #setRating(entry: Entry, rating: Rating): void {
    const { level, cause } = entry.rating.quality;
    entry.rating = rating;
    if (rating.quality.level !== level || rating.quality.cause !== cause) this.onQualityChange();
  }
}
