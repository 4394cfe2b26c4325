import { FolderDestination } from "../storage/folder";
import type { TransferRecord } from "../storage/journal";
import { MAX_MEMORY_BYTES, MemoryDestination } from "../storage/memory";
import { StagedDestination } from "../storage/staged";
import { type Destination, StorageError } from "../storage/types";
import type { TransferModule } from "../transfer-module";

/** Why a transfer of so many bytes cannot be received without a folder of the person; null if it can. */
export async function roomProblem(bytes: number): Promise<StorageError | null> {
  if (!(await hasPrivateFileSystem())) {
    if (bytes <= MAX_MEMORY_BYTES) return null;
    return new StorageError("too-large", `this browser can receive at most ${MAX_MEMORY_BYTES} bytes`);
  }
  const free = await freeBytes();
  return bytes <= free ? null : new StorageError("too-large", `this browser has room for ${free} bytes`);
}

/** Where a transfer goes: the folder, or what the browser has instead. @throws {StorageError} if there is no room. */
export async function prepareDestination(
  record: TransferRecord,
  folder: FileSystemDirectoryHandle | null,
  module: TransferModule,
): Promise<Destination> {
  if (folder) return new FolderDestination(folder, module);
  const problem = await roomProblem(record.offer.bytes);
  if (problem) throw problem;
  return (await hasPrivateFileSystem())
    ? StagedDestination.create(record, module)
    : new MemoryDestination(module);
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
