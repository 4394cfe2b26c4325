/**
 * How fast a transfer is, and how long it will take: as `crates/files/src/rate.rs`, which says why. Times are in
 * milliseconds.
 */

/** Means over so long are compared. */
const INTERVAL_MS = 5_000;
/** At most so many are one rate. */
const MAX_INTERVALS = 3;
/** Beyond this factor, up or down, it is another rate. */
const MAX_DIFFERENCE = 1.3;
/** What is kept. */
const KEPT_MS = 20_000;
/** Of one sample, at least. */
const SAMPLE_MS = 500;
/** So long is measured before anything is shown. */
const FIRST_MS = 1_000;

/** Samples of the beginning are left out if their rate differs from that of what follows by these factors. */
const MAX_BEGINNING_MS = 3_000;
const MIN_BEGINNING_RATE = 0.4;
const MAX_BEGINNING_RATE = 2.5;

/** What was transferred in a time, and when it began, since the first one. */
interface Sample {
  bytes: number;
  time: number;
  at: number;
}

export class Rate {
  #last: { at: number; bytes: number } | null = null;
  /** The last is still measured. */
  #samples: Sample[] = [];
  #measured = 0;

  /** So many bytes are transferred now. */
  update(transferred: number, now: number): void {
    const last = this.#last;
    this.#last = { at: now, bytes: transferred };
    if (!last) return;
    const bytes = Math.max(0, transferred - last.bytes);
    const time = Math.max(0, now - last.at);
    const sample = this.#samples.at(-1);
    if (sample && sample.time < SAMPLE_MS) {
      sample.bytes += bytes;
      sample.time += time;
    } else this.#samples.push({ bytes, time, at: this.#measured });
    this.#measured += time;
    while (this.#samples[0] && this.#measured - this.#samples[0].at > KEPT_MS) this.#samples.shift();
  }

  /** It does not run: what is measured begins anew. */
  reset(): void {
    this.#last = null;
    this.#samples = [];
    this.#measured = 0;
  }

  get bytesPerSecond(): number | null {
    return this.#measured < FIRST_MS ? null : Math.floor(this.#mean() * 1_000);
  }

  /** Seconds that `bytes` take at this rate; null while nothing moves. */
  secondsFor(bytes: number): number | null {
    const rate = this.bytesPerSecond;
    return rate === null || rate === 0 ? null : Math.ceil(bytes / rate);
  }

  #mean(): number {
    const newestFirst = [...this.#samples].reverse().values();
    const mean = withoutBeginning(interval(newestFirst));
    const rate = rateOf(mean);
    for (let intervals = 1; intervals < MAX_INTERVALS; intervals += 1) {
      const earlier = sumOf(interval(newestFirst));
      const isSame = rateOf(earlier) <= rate * MAX_DIFFERENCE && rate <= rateOf(earlier) * MAX_DIFFERENCE;
      if (earlier.time < INTERVAL_MS || !isSame) break;
      mean.bytes += earlier.bytes;
      mean.time += earlier.time;
    }
    return rateOf(mean);
  }
}

/** Takes samples of one interval, or what there is. Newest first. */
function interval(newestFirst: Iterator<Sample>): Sample[] {
  const samples: Sample[] = [];
  for (let time = 0; time < INTERVAL_MS; ) {
    const { value, done } = newestFirst.next();
    if (done) break;
    samples.push(value);
    time += value.time;
  }
  return samples;
}

function withoutBeginning(newestFirst: readonly Sample[]): Omit<Sample, "at"> {
  let samples = newestFirst;
  for (;;) {
    const oldest = samples.at(-1);
    const rest = samples.slice(0, -1);
    const following = sumOf(rest);
    if (!oldest || oldest.at >= MAX_BEGINNING_MS || following.time < FIRST_MS) break;
    const rate = rateOf(following);
    if (rateOf(oldest) >= rate * MIN_BEGINNING_RATE && rateOf(oldest) <= rate * MAX_BEGINNING_RATE) break;
    samples = rest;
  }
  return sumOf(samples);
}

function sumOf(samples: readonly Sample[]): Omit<Sample, "at"> {
  const sum = { bytes: 0, time: 0 };
  for (const { bytes, time } of samples) {
    sum.bytes += bytes;
    sum.time += time;
  }
  return sum;
}

/** Bytes per millisecond. */
function rateOf({ bytes, time }: Omit<Sample, "at">): number {
  return time === 0 ? 0 : bytes / time;
}
