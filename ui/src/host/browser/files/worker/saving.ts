/** What the person gets of a transfer that waits in the browser. */
import { FolderDestination } from "../storage/folder";
import { type Download, downloadOf as downloadOfFiles } from "../storage/save";
import type { TransferModule } from "../transfer-module";
import type { Transfer } from "./transfer";

/** Bytes that are copied at once. */
const CHUNK_BYTES = 4 << 20;

/** Null if everything is in its place already. @throws {StorageError} */
export async function downloadOf(transfer: Transfer | undefined): Promise<Download | null> {
  const files = await transfer?.destination?.saved();
  return files ? downloadOfFiles(files, transfer?.destination?.kind === "staged") : null;
}

/** Puts the files into a folder of the person. @throws {StorageError} */
export async function copyTo(
  transfer: Transfer | undefined,
  folder: FileSystemDirectoryHandle,
  module: TransferModule,
): Promise<undefined> {
  const files = await transfer?.destination?.saved();
  if (!files) return;
  const destination = new FolderDestination(folder, module);
  await destination.store(
    0,
    files.map(({ path, content, modified }) => ({
      path: path.join("/"),
      modified: [Math.floor(modified / 1_000), 0],
      ...(content === null ? { folder: true } : { size: content.size }),
    })),
    true,
  );
  try {
    for (const [entry, { content }] of files.entries()) {
      for (let at = 0; content && at < content.size; at += CHUNK_BYTES) {
        const bytes = await content.slice(at, at + CHUNK_BYTES).arrayBuffer();
        await destination.write(entry, at, new Uint8Array(bytes), 0);
      }
      await destination.finish(entry, null);
    }
  } catch (error) {
    await destination.discard();
    throw error;
  }
  destination.conclude();
}
