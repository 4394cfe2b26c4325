import { FolderDestination } from "../storage/folder";
import type { TransferRecord } from "../storage/journal";
import { MAX_MEMORY_BYTES, MemoryDestination } from "../storage/memory";
import { StagedDestination } from "../storage/staged";
import { type Destination, StorageError } from "../storage/types";
import type { TransferModule } from "../transfer-module";

/** Where a transfer goes: the folder, or what the browser has instead. @throws {StorageError} if there is no room. */
export async function prepareDestination(
  record: TransferRecord,
  folder: FileSystemDirectoryHandle | null,
  module: TransferModule,
): Promise<Destination> {
  if (folder) return new FolderDestination(folder, module);
  const { bytes } = record.offer;
  if (await hasPrivateFileSystem()) {
    const free = await freeBytes();
    if (bytes > free) throw new StorageError("too-large", `this browser has room for ${free} bytes`);
    return StagedDestination.create(record, module);
  }
  if (bytes > MAX_MEMORY_BYTES)
    throw new StorageError("too-large", `this browser can receive at most ${MAX_MEMORY_BYTES} bytes`);
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
