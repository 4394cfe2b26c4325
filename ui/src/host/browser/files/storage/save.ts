import { archiveName, archiveOf } from "./archive";
import { writeAll } from "./journal";
import { type SavedFile, type SyncFileHandle, storageError } from "./types";

/** A file for the person to save. */
export interface Download {
  name: string;
  content: Blob;
}

/** The folder of archives, which are removed when the page is loaded again. */
const ARCHIVES = "maru-archives";

/** One file as it is; several, or folders, as a ZIP archive (with ZIP64 where it is needed). @throws {StorageError} */
export async function downloadOf(files: readonly SavedFile[], staged: boolean): Promise<Download | null> {
  const [first] = files;
  if (!first) return null;
  const name = first.path[0] ?? "";
  if (files.length === 1 && first.path.length === 1 && first.content) return { name, content: first.content };
  const archive = archiveName(files.map(({ path }) => path));
  try {
    return { name: archive, content: staged ? await stagedArchive(files) : await memoryArchive(files) };
  } catch (error) {
    throw storageError(error);
  }
}

export async function removeArchives(): Promise<void> {
  const storage = await navigator.storage.getDirectory();
  await storage.removeEntry(ARCHIVES, { recursive: true });
}

function chunksOf(files: readonly SavedFile[]): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  return archiveOf(
    files.map(({ path, content, modified }) => {
      const name = path.join("/");
      const lastModified = new Date(modified);
      return content === null
        ? { name: `${name}/`, lastModified }
        : { name, lastModified, input: content, size: content.size };
    }),
  );
}

async function memoryArchive(files: readonly SavedFile[]): Promise<Blob> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  for await (const chunk of chunksOf(files)) chunks.push(chunk);
  return new Blob(chunks);
}

/** Never in memory as a whole. Takes as much room as the files once more. */
async function stagedArchive(files: readonly SavedFile[]): Promise<Blob> {
  const storage = await navigator.storage.getDirectory();
  const folder = await storage.getDirectoryHandle(ARCHIVES, { create: true });
  const file = (await folder.getFileHandle(crypto.randomUUID(), { create: true })) as SyncFileHandle;
  const handle = await file.createSyncAccessHandle();
  try {
    let at = 0;
    for await (const chunk of chunksOf(files)) {
      writeAll(handle, chunk, at);
      at += chunk.length;
    }
    handle.flush();
  } catch (error) {
    handle.close();
    await folder.removeEntry(file.name).catch(() => {});
    throw error;
  }
  handle.close();
  return file.getFile();
}
