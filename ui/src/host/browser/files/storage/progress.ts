import { type Entry, FOLDER, type Restored } from "../endpoint";

/** Bytes of a group. */
const GROUP_BYTES = 1 << 20;

/** What is known of the entries of a transfer that is received. */
export class ReceiveProgress {
  readonly sizes: (number | null)[] = [];
  manifestComplete = false;
  readonly done = new Map<number, string | null>();
  readonly failed = new Map<number, string>();
  /** Digests of verified groups of entries that are not done. */
  readonly digests = new Map<number, Map<number, string>>();
  #bytes = 0;

  /** Bytes of verified groups, and of entries that are done. */
  get bytes(): number {
    return this.#bytes;
  }

  store(entries: readonly Entry[], last: boolean): void {
    for (const { size, folder } of entries) this.sizes.push(folder ? null : (size ?? 0));
    this.manifestComplete = last;
  }

  verified(entry: number, group: number, digest: string): void {
    const groups = this.digests.get(entry) ?? new Map<number, string>();
    this.digests.set(entry, groups);
    if (groups.has(group)) return;
    groups.set(group, digest);
    this.#bytes += this.#groupBytes(entry, group);
  }

  finish(entry: number, hash: string | null): void {
    if (this.done.has(entry)) return;
    this.done.set(entry, hash);
    this.#bytes += (this.sizes[entry] ?? 0) - this.#forget(entry);
  }

  fail(entry: number, code: string): void {
    this.failed.set(entry, code);
    this.#bytes -= this.#forget(entry);
  }

  restored(): Restored {
    const digests: [number, number, Uint8Array][] = [];
    for (const [entry, groups] of this.digests)
      for (const [group, digest] of groups) digests.push([entry, group, bytesOf(digest)]);
    return {
      sizes: this.sizes.map((size) => (size === null ? FOLDER : BigInt(size))),
      manifestComplete: this.manifestComplete,
      done: rangesOf([...this.done.keys()]),
      failed: [...this.failed],
      digests,
    };
  }

  /** Returns the bytes of its verified groups. */
  #forget(entry: number): number {
    let bytes = 0;
    for (const group of this.digests.get(entry)?.keys() ?? []) bytes += this.#groupBytes(entry, group);
    this.digests.delete(entry);
    return bytes;
  }

  #groupBytes(entry: number, group: number): number {
    return Math.min(GROUP_BYTES, Math.max(0, (this.sizes[entry] ?? 0) - group * GROUP_BYTES));
  }
}

/** Numbers as ranges: the first, and the one after the last. */
export function rangesOf(numbers: number[]): [number, number][] {
  const ranges: [number, number][] = [];
  for (const number of numbers.sort((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last && last[1] === number) last[1] = number + 1;
    else ranges.push([number, number + 1]);
  }
  return ranges;
}

function bytesOf(digits: string): Uint8Array {
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
