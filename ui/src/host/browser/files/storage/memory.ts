import { type Entry, Layout, type Restored } from "../endpoint";
import type { TransferModule } from "../transfer-module";
import { ReceiveProgress } from "./progress";
import type { Destination, PlacedEntry, SavedFile } from "./types";
import { StorageError } from "./types";

/** Files in memory, where a browser has no file system for pages. At most so many bytes of a transfer. */
export const MAX_MEMORY_BYTES = 512 << 20;

export class MemoryDestination implements Destination {
  readonly kind = "memory";
  readonly entries: PlacedEntry[] = [];
  #files = new Map<number, Uint8Array<ArrayBuffer>>();
  #done = new Map<number, Blob | null>();
  #progress = new ReceiveProgress();
  #layout: Layout;

  constructor(module: TransferModule) {
    this.#layout = new Layout(module);
  }

  store(_first: number, entries: readonly Entry[], last: boolean): void {
    for (const entry of entries)
      this.entries.push({ ...entry, place: this.#layout.place(entry.path, entry.folder ?? false) });
    this.#progress.store(entries, last);
  }

  write(entry: number, offset: number, bytes: Uint8Array, zeros: number): void {
    const file = this.#file(entry);
    if (zeros > 0) file.fill(0, offset, offset + zeros);
    else file.set(bytes, offset);
  }

  verified(entry: number, group: number, digest: string): void {
    this.#progress.verified(entry, group, digest);
  }

  finish(entry: number, hash: string | null): void {
    this.#done.set(entry, this.entries[entry]?.folder ? null : new Blob([this.#file(entry)]));
    this.#files.delete(entry);
    this.#progress.finish(entry, hash);
  }

  fail(entry: number, code: string): void {
    this.#files.delete(entry);
    this.#progress.fail(entry, code);
  }

  checkpoint(): number {
    return this.#progress.bytes;
  }

  conclude(): void {
    this.#layout.close();
  }

  restored(): Restored {
    return this.#progress.restored();
  }

  setPaused(): void {}

  async saved(): Promise<SavedFile[]> {
    return [...this.#done].flatMap(([number, content]) => {
      const entry = this.entries[number];
      return entry ? { path: entry.place, content, modified: entry.modified[0] * 1_000 } : [];
    });
  }

  async discard(): Promise<void> {
    this.#files.clear();
    this.#done.clear();
  }

  #file(entry: number): Uint8Array<ArrayBuffer> {
    const known = this.#files.get(entry);
    if (known) return known;
    try {
      const file = new Uint8Array(this.entries[entry]?.size ?? 0);
      this.#files.set(entry, file);
      return file;
    } catch {
      throw new StorageError("disk-full", "out of memory");
    }
  }
}
