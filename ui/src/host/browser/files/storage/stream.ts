/**
 * Files that go to a download of the browser while they arrive, where they have no room here and the browser lets nobody choose
 * a folder: one file as it is, several as a ZIP archive. A download only grows: what arrives early waits in memory, and
 * what was passed on cannot be taken back. So only verified content is passed on, in the order of the manifest.
 */
import { type Entry, Layout, type Restored } from "../endpoint";
import { GROUP_BYTES, type TransferModule } from "../transfer-module";
import { archiveName, archiveOf } from "./archive";
import { HeldGroups } from "./held-groups";
import { ReceiveProgress } from "./progress";
import { type Destination, type PlacedEntry, type SavedFile, StorageError } from "./types";

/** Verified content that waits for the download, above which nothing more is taken. Bytes. */
const MAX_READY_BYTES = 16 << 20;
/**
 * All content that waits here. Above it, the sender goes on without what the download has to have next, which it sends long
 * before that if it sends in order. Bytes.
 */
const MAX_HELD_BYTES = 128 << 20;

export interface StreamedDownload {
  name: string;
  /** Null: not known before. */
  size: number | null;
  content: ReadableStream<Uint8Array>;
}

export interface StreamEvents {
  /** It is known what the download is. */
  begin(download: StreamedDownload): void;
  /** The download cannot get what it has to have next. `code`: of docs/transfer.md. */
  lost(code: string): void;
}

export class StreamDestination implements Destination {
  readonly kind = "stream";
  readonly entries: PlacedEntry[] = [];
  #layout: Layout;
  #progress = new ReceiveProgress();
  /** Of groups that were not passed on. */
  #held = new HeldGroups();
  #verified = new Map<number, Set<number>>();
  #readyBytes = 0;
  /** What is passed on next. */
  #next = { entry: 0, group: 0 };
  /** The entry of an archive that was passed on last, at least in part. */
  #begun: number | null = null;
  #started = false;
  #consumed = false;
  /** The download cannot go on. */
  #broken: StorageError | null = null;
  #waiting: (() => void)[] = [];

  constructor(
    module: TransferModule,
    /** One file and no folder. */
    private readonly single: boolean,
    private readonly events: StreamEvents,
  ) {
    this.#layout = new Layout(module);
  }

  store(_first: number, entries: readonly Entry[], last: boolean): void {
    for (const entry of entries)
      this.entries.push({ ...entry, place: this.#layout.place(entry.path, entry.folder ?? false) });
    this.#progress.store(entries, last);
    const [first] = this.entries;
    if (!this.#started && first && (this.single || last)) {
      this.#started = true;
      this.events.begin(this.#download(first));
    }
    this.#changed();
  }

  async write(entry: number, offset: number, bytes: Uint8Array, zeros: number): Promise<void> {
    // Only while the download is what is waited for: its next content may be behind this one.
    while (this.#readyBytes > MAX_READY_BYTES && this.#isReady(this.#next) && !this.#broken)
      await this.#change();
    this.#check();
    if (zeros > 0) {
      // A hole, of any number of groups, is what a group is without content.
      for (const [group, content] of this.#held.of(entry)) {
        const [start, end] = [offset, offset + zeros].map((at) => Math.max(0, at - group * GROUP_BYTES));
        content.fill(0, start, end);
      }
      return;
    }
    const group = Math.floor(offset / GROUP_BYTES);
    if (this.#isPassedOn(entry, group)) return;
    const content =
      this.#held.get(entry, group) ?? this.#held.add(entry, group, this.#groupBytes(entry, group));
    content.set(bytes, offset - group * GROUP_BYTES);
    if (this.#held.bytes > MAX_HELD_BYTES) {
      this.#break("limit");
      this.#check();
    }
  }

  verified(entry: number, group: number, digest: string): void {
    this.#progress.verified(entry, group, digest);
    this.#markReady(entry, group);
    this.#changed();
  }

  finish(entry: number, hash: string | null): void {
    this.#progress.finish(entry, hash);
    for (const [group] of this.#held.of(entry)) this.#markReady(entry, group);
    this.#changed();
  }

  fail(entry: number, code: string): void {
    this.#progress.fail(entry, code);
    this.#held.removeEntry(entry);
    for (const group of this.#verified.get(entry) ?? []) this.#readyBytes -= this.#groupBytes(entry, group);
    this.#verified.delete(entry);
    // Of a single file, the transfer is over by itself. One that was begun cannot be left out of an archive.
    if (this.#begun === entry) this.#break(code);
    this.#changed();
  }

  checkpoint(): number {
    this.#check();
    return this.#progress.bytes;
  }

  /** Waits until the download has everything, unless there is none because its only file failed. */
  async conclude(): Promise<void> {
    while (!this.#consumed && !this.#onlyFailed) await this.#change();
    this.#layout.close();
  }

  restored(): Restored {
    this.#check();
    return this.#progress.restored();
  }

  setPaused(): void {}

  /** The download has it. */
  async saved(): Promise<SavedFile[] | null> {
    return null;
  }

  /** The download fails, unless it has everything. */
  async discard(): Promise<void> {
    if (this.#consumed) return;
    this.#broken ??= new StorageError("unwritable", "the transfer is over");
    this.#held.clear();
    this.#changed();
  }

  #break(code: string): void {
    if (this.#broken) return;
    this.#broken = new StorageError("unwritable", `the download cannot go on: ${code}`);
    this.#held.clear();
    this.#changed();
    this.events.lost(code);
  }

  get #onlyFailed(): boolean {
    return this.single && this.#progress.failed.has(0);
  }

  #download(first: PlacedEntry): StreamedDownload {
    const name = first.place[0] ?? "maru";
    if (this.single && !first.folder && first.place.length === 1)
      return { name, size: first.size ?? 0, content: streamOf(this.#onlyFile()) };
    const archive = archiveName(this.entries.map(({ place }) => place));
    return { name: archive, size: null, content: streamOf(this.#archive()) };
  }

  async *#onlyFile(): AsyncGenerator<Uint8Array> {
    yield* this.#content(0);
    this.#consumed = true;
    this.#changed();
  }

  async *#archive(): AsyncGenerator<Uint8Array> {
    yield* archiveOf(this.#files());
    this.#consumed = true;
    this.#changed();
  }

  async *#files() {
    for (const [number, { place, folder, size = 0, modified }] of this.entries.entries()) {
      this.#next = { entry: number, group: 0 };
      this.#changed();
      // An entry of which nothing is there may fail yet, and then it is not in the archive.
      while (!this.#isReady(this.#next) && !this.#progress.failed.has(number)) await this.#change();
      if (this.#progress.failed.has(number)) continue;
      this.#begun = number;
      const name = place.join("/");
      const lastModified = new Date(modified[0] * 1_000);
      if (folder) yield { name: `${name}/`, lastModified };
      else yield { name, lastModified, size, input: this.#content(number) };
    }
  }

  async *#content(entry: number): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    const count = Math.ceil((this.entries[entry]?.size ?? 0) / GROUP_BYTES);
    for (let group = 0; group < count; group += 1) {
      this.#next = { entry, group };
      while (!this.#isReady(this.#next)) await this.#changeOf(entry);
      const content = this.#held.get(entry, group) ?? new Uint8Array(this.#groupBytes(entry, group));
      this.#held.remove(entry, group);
      if (this.#verified.get(entry)?.delete(group)) this.#readyBytes -= content.length;
      this.#next = { entry, group: group + 1 };
      this.#changed();
      yield content;
    }
    // Also of an empty file: it is complete only when it is finished.
    while (!this.#progress.done.has(entry)) await this.#changeOf(entry);
  }

  #isReady({ entry, group }: { entry: number; group: number }): boolean {
    return this.#progress.done.has(entry) || (this.#verified.get(entry)?.has(group) ?? false);
  }

  #isPassedOn(entry: number, group: number): boolean {
    const { entry: next, group: nextGroup } = this.#next;
    return entry < next || (entry === next && group < nextGroup);
  }

  #markReady(entry: number, group: number): void {
    if (this.#isPassedOn(entry, group)) return;
    const groups = this.#verified.get(entry) ?? new Set();
    this.#verified.set(entry, groups);
    if (groups.has(group)) return;
    groups.add(group);
    this.#readyBytes += this.#groupBytes(entry, group);
  }

  #groupBytes(entry: number, group: number): number {
    return Math.min(GROUP_BYTES, Math.max(0, (this.entries[entry]?.size ?? 0) - group * GROUP_BYTES));
  }

  #check(): void {
    if (this.#broken) throw this.#broken;
  }

  /** Resolves at the next change. @throws {StorageError} if the download is over. */
  async #change(): Promise<void> {
    this.#check();
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#check();
  }

  /** @throws {StorageError} if the download, or the entry, cannot go on. */
  async #changeOf(entry: number): Promise<void> {
    if (this.#progress.failed.has(entry)) throw new StorageError("unwritable", "the file failed");
    await this.#change();
  }

  #changed(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}

/** Pulled one chunk at a time. */
function streamOf(chunks: AsyncGenerator<Uint8Array>): ReadableStream<Uint8Array> {
  return new ReadableStream(
    {
      async pull(controller) {
        const { done, value } = await chunks.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
    },
    { highWaterMark: 0 },
  );
}
