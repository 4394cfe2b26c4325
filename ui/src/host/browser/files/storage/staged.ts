/**
 * Files that wait in the origin private file system (OPFS) until the person saves them. A transfer is a folder of two files:
 * `content`, in which all files lie one behind the other, and `journal`. So it takes two file handles however many files
 * it has, and goes on after a reload of the page.
 */
import { type Entry, Layout, type Restored } from "../endpoint";
import type { TransferModule } from "../transfer-module";
import { Journal, type JournalRecord, type TransferRecord, writeAll } from "./journal";
import { ReceiveProgress } from "./progress";
import {
  type Destination,
  type PlacedEntry,
  type SavedFile,
  StorageError,
  type SyncAccessHandle,
  type SyncFileHandle,
} from "./types";

/** The folder of all transfers. */
const ROOT = "maru-transfers";
/** Zeros that are written at once where something else may have been. */
const ZEROS = new Uint8Array(256 << 10);
/** A handle may be in use still by the page before a reload: so often it is tried, at this interval in milliseconds. */
const MAX_TRIES = 20;
const RETRY_MS = 250;

/** Entries and groups in a record of the journal, which has at most 1 MiB. */
const MAX_RECORDED = 2_000;

interface Pending {
  verified: [number, number, string][];
  finished: [number, string | null][];
  failed: [number, string][];
}

export class StagedDestination implements Destination {
  readonly kind = "staged";
  readonly entries: PlacedEntry[] = [];
  paused = false;
  concluded = false;
  #layout: Layout;
  /** Where each entry begins in `content`. */
  #offsets: number[] = [];
  #total = 0;
  /** What is durable. */
  #progress = new ReceiveProgress();
  #pending: Pending = { verified: [], finished: [], failed: [] };

  private constructor(
    private readonly root: FileSystemDirectoryHandle,
    private readonly folder: FileSystemDirectoryHandle,
    private readonly content: SyncAccessHandle,
    private readonly journal: Journal,
    readonly record: TransferRecord,
    module: TransferModule,
  ) {
    this.#layout = new Layout(module);
  }

  /** @throws if there is no such file system, as in private windows of some browsers. */
  static async create(record: TransferRecord, module: TransferModule): Promise<StagedDestination> {
    const root = await rootFolder();
    const folder = await root.getDirectoryHandle(record.offer.id, { create: true });
    const [content, handle] = await openFiles(folder);
    const journal = new Journal(handle, module);
    journal.append({ type: "begin", record });
    journal.flush();
    return new StagedDestination(root, folder, content, journal, record, module);
  }

  /** All transfers that are here. One that another tab has open is left out, and one that cannot be read is removed. */
  static async restoreAll(
    module: TransferModule,
    expired: (created: number) => boolean,
  ): Promise<StagedDestination[]> {
    const found: StagedDestination[] = [];
    const root = await rootFolder();
    const folders: FileSystemDirectoryHandle[] = [];
    for await (const handle of (root as unknown as { values(): AsyncIterable<FileSystemHandle> }).values())
      if (handle.kind === "directory") folders.push(handle as FileSystemDirectoryHandle);
    // All at once: one that another tab has open is waited for.
    const opened = await Promise.all(
      folders.map(async (folder) => ({ folder, files: await openFiles(folder).catch(() => null) })),
    );
    for (const { folder, files } of opened) {
      if (!files) continue;
      const [content, handle] = files;
      const journal = new Journal(handle, module);
      const records = journal.read();
      const [begin] = records;
      if (begin?.type !== "begin" || expired(begin.record.created)) {
        content.close();
        journal.close();
        await root.removeEntry(folder.name, { recursive: true }).catch(() => {});
        continue;
      }
      const destination = new StagedDestination(root, folder, content, journal, begin.record, module);
      try {
        for (const record of records) destination.#replay(record);
      } catch {
        // Its manifest is beyond a limit. The others are not lost with it.
        await destination.discard().catch(() => {});
        continue;
      }
      if (destination.concluded) destination.#close();
      found.push(destination);
    }
    return found.sort((a, b) => a.record.created - b.record.created);
  }

  /** Of entries that are done, by number. */
  get hashes(): ReadonlyMap<number, string | null> {
    return this.#progress.done;
  }

  get failed(): ReadonlyMap<number, string> {
    return this.#progress.failed;
  }

  get bytes(): number {
    return this.#progress.bytes;
  }

  store(_first: number, entries: readonly Entry[], last: boolean): void {
    this.journal.append({ type: "entries", entries, last });
    this.#add(entries, last);
  }

  write(entry: number, offset: number, bytes: Uint8Array, zeros: number): void {
    const at = (this.#offsets[entry] ?? 0) + offset;
    if (zeros === 0) {
      writeAll(this.content, bytes, at);
      return;
    }
    // Behind the end there are zeros anyway, as soon as something is written further behind.
    const end = Math.min(at + zeros, this.content.getSize());
    for (let from = at; from < end; from += ZEROS.length)
      writeAll(this.content, ZEROS.subarray(0, Math.min(ZEROS.length, end - from)), from);
  }

  verified(entry: number, group: number, digest: string): void {
    this.#pending.verified.push([entry, group, digest]);
  }

  finish(entry: number, hash: string | null): void {
    this.#pending.finished.push([entry, hash]);
  }

  fail(entry: number, code: string): void {
    this.#pending.failed.push([entry, code]);
  }

  checkpoint(): number {
    // In this order: the journal never knows of bytes that may be lost.
    this.content.flush();
    const pending = this.#pending;
    for (const part of partsOf(pending)) this.journal.append({ type: "checkpoint", ...part });
    this.journal.flush();
    this.#pending = { verified: [], finished: [], failed: [] };
    this.#apply(pending);
    return this.#progress.bytes;
  }

  conclude(): void {
    if (this.content.getSize() < this.#total) this.content.truncate(this.#total);
    // Chromium does not say where it has no room for that.
    if (this.content.getSize() < this.#total) throw new StorageError("disk-full");
    this.checkpoint();
    this.journal.append({ type: "concluded" });
    this.journal.flush();
    this.concluded = true;
    this.#close();
  }

  restored(): Restored {
    this.#pending = { verified: [], finished: [], failed: [] };
    return this.#progress.restored();
  }

  setPaused(paused: boolean): void {
    this.paused = paused;
    this.journal.append({ type: "paused", paused });
    this.journal.flush();
  }

  async saved(): Promise<SavedFile[]> {
    const content = await (await this.folder.getFileHandle("content")).getFile();
    const { done } = this.#progress;
    return this.entries.flatMap((entry, number) => {
      if (!done.has(number)) return [];
      const from = this.#offsets[number] ?? 0;
      const modified = entry.modified[0] * 1_000 + Math.floor(entry.modified[1] / 1_000_000);
      return {
        path: entry.place,
        content: entry.folder ? null : content.slice(from, from + (entry.size ?? 0)),
        modified,
      };
    });
  }

  async discard(): Promise<void> {
    this.#close();
    await this.root.removeEntry(this.folder.name, { recursive: true });
  }

  /** Nothing more is written. Twice does nothing. */
  #close(): void {
    this.content.close();
    this.journal.close();
    this.#layout.close();
  }

  #add(entries: readonly Entry[], last: boolean): void {
    for (const entry of entries) {
      this.entries.push({ ...entry, place: this.#layout.place(entry.path, entry.folder ?? false) });
      this.#offsets.push(this.#total);
      this.#total += entry.size ?? 0;
    }
    this.#progress.store(entries, last);
  }

  #apply({ verified, finished, failed }: Pending): void {
    for (const [entry, group, digest] of verified)
      if (!this.#progress.done.has(entry)) this.#progress.verified(entry, group, digest);
    for (const [entry, hash] of finished) this.#progress.finish(entry, hash);
    for (const [entry, code] of failed) this.#progress.fail(entry, code);
  }

  #replay(record: JournalRecord): void {
    switch (record.type) {
      case "begin":
        break;
      case "entries":
        this.#add(record.entries, record.last);
        break;
      case "checkpoint":
        this.#apply(record);
        break;
      case "paused":
        this.paused = record.paused;
        break;
      case "concluded":
        this.concluded = true;
    }
  }
}

/** Of any number of entries, records that are not longer than a record can be. Each holds by itself. */
function* partsOf({ verified, finished, failed }: Pending): Iterable<Pending> {
  const length = Math.max(verified.length, finished.length, failed.length);
  for (let from = 0; from < length; from += MAX_RECORDED) {
    const part = <T>(list: T[]) => list.slice(from, from + MAX_RECORDED);
    yield { verified: part(verified), finished: part(finished), failed: part(failed) };
  }
}

async function rootFolder(): Promise<FileSystemDirectoryHandle> {
  const storage = await navigator.storage.getDirectory();
  return storage.getDirectoryHandle(ROOT, { create: true });
}

async function openFiles(folder: FileSystemDirectoryHandle): Promise<[SyncAccessHandle, SyncAccessHandle]> {
  const content = await openFile(folder, "content");
  try {
    return [content, await openFile(folder, "journal")];
  } catch (error) {
    content.close();
    throw error;
  }
}

async function openFile(folder: FileSystemDirectoryHandle, name: string): Promise<SyncAccessHandle> {
  const file = (await folder.getFileHandle(name, { create: true })) as SyncFileHandle;
  for (let tries = 1; ; tries += 1) {
    try {
      return await file.createSyncAccessHandle();
    } catch (error) {
      const inUse = error instanceof DOMException && error.name === "NoModificationAllowedError";
      if (!inUse || tries >= MAX_TRIES) throw error;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}
