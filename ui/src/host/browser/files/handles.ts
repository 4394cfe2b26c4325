/** Files and folders behind handles of the File System Access API, which outlive a reload of the page. Chromium only. */
import type { SelectedFile } from "./selected-file";

/** What the DOM library of TypeScript lacks. */
interface PermittedHandle extends FileSystemHandle {
  requestPermission(options: { mode: "read" }): Promise<PermissionState>;
}

type FilePicker = (options: { multiple: boolean }) => Promise<FileSystemFileHandle[]>;

export const filePicker = (): FilePicker | undefined =>
  (globalThis as { showOpenFilePicker?: FilePicker }).showOpenFilePicker;

/** Asks the person to let this page read them, during a click. `prompt`: they did not answer. */
export async function permissionToRead(handles: readonly FileSystemHandle[]): Promise<PermissionState> {
  for (const handle of handles) {
    const permission = await (handle as PermittedHandle).requestPermission({ mode: "read" });
    if (permission !== "granted") return permission;
  }
  return "granted";
}

/** @throws {DOMException} if something is gone, or cannot be read. */
export async function filesOf(handles: readonly FileSystemHandle[]): Promise<SelectedFile[]> {
  const files: SelectedFile[] = [];
  for (const handle of handles) await add(handle, handle.name, files);
  return files;
}

async function add(handle: FileSystemHandle, path: string, files: SelectedFile[]): Promise<void> {
  if (handle.kind === "file") {
    files.push({ path, file: await (handle as FileSystemFileHandle).getFile() });
    return;
  }
  files.push({ path, file: null });
  for await (const child of (handle as unknown as { values(): AsyncIterable<FileSystemHandle> }).values())
    await add(child, `${path}/${child.name}`, files);
}
