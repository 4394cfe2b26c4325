import { FolderDestination } from "../storage/folder";
import type { TransferRecord } from "../storage/journal";
import { MAX_MEMORY_BYTES, MemoryDestination } from "../storage/memory";
import { StagedDestination } from "../storage/staged";
import { StreamDestination, type StreamEvents } from "../storage/stream";
import { type Destination, StorageError } from "../storage/types";
import type { TransferModule } from "../transfer-module";
import type { Streaming } from "../worker-messages";

/** Why a transfer of so many bytes cannot be received without a folder of the person; null if it can. */
export async function roomProblem(bytes: number): Promise<StorageError | null> {
  if (!(await hasPrivateFileSystem())) {
    if (bytes <= MAX_MEMORY_BYTES) return null;
    return new StorageError("too-large", `this browser can receive at most ${MAX_MEMORY_BYTES} bytes`);
  }
  const free = await freeBytes();
  return bytes <= free ? null : new StorageError("too-large", `this browser has room for ${free} bytes`);
}

/**
 * Where a transfer goes: the folder, or what the browser has instead.
 *
 * @throws {StorageError} `too-large` if there is no room, or only once streaming is prepared.
 */
export async function prepareDestination(
  record: TransferRecord,
  folder: FileSystemDirectoryHandle | null,
  module: TransferModule,
  streaming: Streaming,
  events: StreamEvents,
): Promise<Destination> {
  if (folder) return new FolderDestination(folder, module);
  const { files, folders, bytes } = record.offer;
  const problem = await roomProblem(bytes);
  const isPrivate = await hasPrivateFileSystem();
  if (!problem && isPrivate) return StagedDestination.create(record, module);
  // Before memory, too.
  if (streaming === "prepared") return new StreamDestination(module, files === 1 && folders === 0, events);
  if (problem) throw problem;
  if (streaming === "possible") throw new StorageError("too-large", "this browser has memory only");
  return new MemoryDestination(module);
}

/** Private windows of Firefox, and pages that are no secure context, have none. */
async function hasPrivateFileSystem(): Promise<boolean> {
  try {
    await navigator.storage.getDirectory();
    return "FileSystemFileHandle" in globalThis && "createSyncAccessHandle" in FileSystemFileHandle.prototype;
  } catch {
    return false;
  }
}

async function freeBytes(): Promise<number> {
  const { quota, usage = 0 } = await navigator.storage.estimate();
  return quota === undefined ? Number.POSITIVE_INFINITY : quota - usage;
}
