import type { TransferEntry } from "../host/files";

/** Entries in a request; the host gives at most 200. */
export const PAGE_SIZE = 100;
/** Kept pages; those that were used longest ago are dropped. */
export const MAX_PAGES = 12;
/** Failed entries listed; the search for them ends there. */
export const MAX_FAILED = 200;

type Load = (first: number, count: number) => Promise<TransferEntry[]>;

/** The entries of one transfer, in pages as they are looked at: a transfer may have a million. */
export class EntryPages {
  /** Ordered by use, oldest first. */
  #pages = new Map<number, readonly TransferEntry[]>();
  #loading = new Set<number>();
  #closed = false;
  #unavailable = false;

  constructor(
    readonly count: number,
    private readonly load: Load,
    private readonly changed: () => void,
  ) {}

  /** Undefined while its page is not loaded. */
  get(entry: number): TransferEntry | undefined {
    const page = this.#pages.get(Math.floor(entry / PAGE_SIZE));
    return page?.[entry % PAGE_SIZE];
  }

  /** The host has no entries of this transfer now. */
  get unavailable(): boolean {
    return this.#unavailable;
  }

  /** Loads the pages of entries `first` to `last` (exclusive), those that are there too if `again`. */
  show(first: number, last: number, again = false): void {
    this.#closed = false;
    if (last <= first) return;
    for (let page = Math.floor(first / PAGE_SIZE); page <= Math.floor((last - 1) / PAGE_SIZE); page += 1) {
      const known = this.#pages.get(page);
      if (known) {
        this.#pages.delete(page);
        this.#pages.set(page, known);
      }
      if (!known || again) void this.#request(page);
    }
  }

  /** Ignores what is still being loaded, until the next `show`. */
  close(): void {
    this.#closed = true;
  }

  async #request(page: number): Promise<void> {
    if (this.#loading.has(page)) return;
    this.#loading.add(page);
    try {
      const first = page * PAGE_SIZE;
      const entries = await this.load(first, Math.min(PAGE_SIZE, this.count - first));
      if (this.#closed) return;
      this.#unavailable = entries.length === 0;
      this.#pages.delete(page);
      // Asked for again by the next `show`.
      if (!this.#unavailable) this.#pages.set(page, entries);
      for (const oldest of [...this.#pages.keys()].slice(0, -MAX_PAGES)) this.#pages.delete(oldest);
      this.changed();
    } catch {
      // The transfer was removed meanwhile; otherwise the next `show` asks again.
    } finally {
      this.#loading.delete(page);
    }
  }
}

/**
 * Looks for `wanted` failed entries from the beginning, one page after the other. `found` is called with all of them so
 * far whenever there are more. Ends when all are found, at {@link MAX_FAILED}, or when `signal` is aborted. False if the host
 * has no more entries before that.
 */
export async function findFailed(
  count: number,
  wanted: number,
  load: Load,
  found: (failed: readonly TransferEntry[]) => void,
  signal: AbortSignal,
): Promise<boolean> {
  const goal = Math.min(wanted, MAX_FAILED);
  let failed: readonly TransferEntry[] = [];
  for (let first = 0; first < count && failed.length < goal; first += PAGE_SIZE) {
    const page = await load(first, Math.min(PAGE_SIZE, count - first));
    if (signal.aborted) return true;
    if (page.length === 0) return false;
    const more = page.filter(({ state }) => state === "failed");
    if (more.length === 0) continue;
    failed = [...failed, ...more].slice(0, MAX_FAILED);
    found(failed);
  }
  return true;
}
