import type { Entry, Restored } from "../endpoint";
import { TransferModuleError } from "../module-exports";

/** A disk, or what stands in for one, cannot go on; with `limit` never. `code`: of docs/transfer.md. */
export class StorageError extends Error {
  constructor(
    readonly code: "disk-full" | "unwritable" | "denied" | "missing" | "too-large" | "limit",
    detail = "",
  ) {
    super(detail || code);
    this.name = "StorageError";
  }
}

/** One entry cannot be stored, such as one whose name the system refuses. The others go on. */
export class EntryRefused extends Error {
  readonly code = "unwritable";
}

/** What an exception of the File System API means. */
export function storageError(error: unknown): StorageError {
  if (error instanceof StorageError) return error;
  if (error instanceof TransferModuleError && error.code === "too-many-folders")
    return new StorageError("limit", error.message);
  const { name = "", message = String(error) } = error instanceof Error ? error : {};
  // Firefox has a name of its own, which is not in its specification.
  if (name === "QuotaExceededError" || /NO_DEVICE_SPACE/.test(name))
    return new StorageError("disk-full", message);
  if (name === "NotAllowedError" || name === "SecurityError") return new StorageError("denied", message);
  if (name === "NotFoundError") return new StorageError("missing", message);
  return new StorageError("unwritable", message);
}

/** An entry, and the name it gets here. */
export interface PlacedEntry extends Entry {
  /** Components of its path here. */
  place: string[];
}

export interface SavedFile {
  /** Components of its path. A folder has no content. */
  path: string[];
  content: Blob | null;
  /** Milliseconds since 1970. */
  modified: number;
}

/**
 * Where the files of a transfer go. Requests come one after the other. After a {@link StorageError} only `restored`, which
 * begins anew, and `discard` are called.
 */
export interface Destination {
  /**
   * `folder`: a folder of the person, where everything is in its place; `stream`: a download, which has everything. Otherwise
   * it has to be saved from here.
   */
  readonly kind: "folder" | "stream" | "staged" | "memory";
  readonly entries: readonly PlacedEntry[];
  store(first: number, entries: readonly Entry[], last: boolean): Promise<void> | void;
  /** `zeros`: so many, instead of `bytes`. */
  write(entry: number, offset: number, bytes: Uint8Array<ArrayBuffer>, zeros: number): Promise<void> | void;
  verified(entry: number, group: number, digest: string): void;
  finish(entry: number, hash: string | null): Promise<void> | void;
  fail(entry: number, code: string): Promise<void> | void;
  /** Bytes that survive a reload of the page, or a loss of power, as far as this destination can. */
  checkpoint(): Promise<number> | number;
  conclude(): Promise<void> | void;
  restored(): Promise<Restored> | Restored;
  setPaused(paused: boolean): void;
  /** What is to be saved; null if it is in its place already. */
  saved(): Promise<SavedFile[] | null>;
  /** Removes everything, but for what is in its place. */
  discard(): Promise<void>;
}

/** Workers only; the DOM library of TypeScript is the page's. */
export interface SyncAccessHandle {
  read(buffer: Uint8Array, options: { at: number }): number;
  /** Returns how many bytes were written, which Firefox makes 0 when the disk is full. */
  write(buffer: Uint8Array, options: { at: number }): number;
  truncate(size: number): void;
  getSize(): number;
  flush(): void;
  close(): void;
}

export interface SyncFileHandle extends FileSystemFileHandle {
  createSyncAccessHandle(): Promise<SyncAccessHandle>;
}
