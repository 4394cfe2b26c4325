/** What the person selects: in a dialog of the browser, or by dropping it on the page. */
import type { FileDrag } from "../../files";
import { filePicker } from "./handles";
import type { SelectedFile } from "./selected-file";

export interface Selection {
  files: SelectedFile[];
  /** Entries that could not be read. */
  skipped: number;
}

/**
 * Resolves when the dialog is closed; null if nothing was selected. Folders come from an `<input>` everywhere: the picker for
 * folders of Chromium refuses some, such as that for downloads.
 */
export async function pickFiles(kind: "files" | "folder"): Promise<Selection | null> {
  const pick = kind === "files" ? filePicker() : undefined;
  if (!pick) return pickFromInput(kind);
  const handles = await pick({ multiple: true }).catch((error: unknown) => {
    if (error instanceof DOMException && error.name === "AbortError") return [];
    throw error;
  });
  const selection: Selection = { files: [], skipped: 0 };
  for (const handle of handles) {
    const file = await handle.getFile().catch(() => null);
    if (file) selection.files.push({ path: file.name, file, handle });
    else selection.skipped += 1;
  }
  return handles.length === 0 ? null : selection;
}

function pickFromInput(kind: "files" | "folder"): Promise<Selection | null> {
  const input = document.createElement("input");
  input.type = "file";
  input.multiple = true;
  input.webkitdirectory = kind === "folder";
  return new Promise((resolve) => {
    input.onchange = () => resolve(selectionOf([...(input.files ?? [])]));
    input.oncancel = () => resolve(null);
    input.click();
  });
}

/** Of an `<input>`; with `webkitdirectory` the paths have folders, and folders without files are not there. */
export function selectionOf(files: readonly File[]): Selection | null {
  if (files.length === 0) return null;
  const folders = new Set<string>();
  const selected: SelectedFile[] = [];
  for (const file of files) {
    const path = file.webkitRelativePath || file.name;
    const components = path.split("/");
    for (let depth = 1; depth < components.length; depth += 1) {
      const folder = components.slice(0, depth).join("/");
      if (folders.has(folder)) continue;
      folders.add(folder);
      selected.push({ path: folder, file: null });
    }
    selected.push({ path, file });
  }
  return { files: selected, skipped: 0 };
}

/** Takes what was dropped, all of it in the event's handler: afterwards the items are gone. */
export function takeDropped(transfer: DataTransfer): {
  items: Extract<FileDrag, { type: "drop" }>["items"];
  read(): Promise<Selection>;
} {
  const taken = [...transfer.items]
    .filter(({ kind }) => kind === "file")
    .map((item) => ({
      entry: item.webkitGetAsEntry?.() ?? null,
      file: item.getAsFile(),
      handle: handleOf(item),
    }));
  const items = taken.flatMap(({ entry, file }) => {
    const folder = entry?.isDirectory ?? false;
    const name = entry?.name ?? file?.name;
    return name === undefined ? [] : { name, folder, size: folder ? null : (file?.size ?? null) };
  });
  const read = async () => {
    const selection: Selection = { files: [], skipped: 0 };
    for (const { entry, file, handle } of taken) {
      const first = selection.files.length;
      if (entry) await addEntry(entry, "", selection);
      else if (file) selection.files.push({ path: file.name, file });
      const [top, dropped] = [selection.files[first], await handle];
      if (top && dropped) top.handle = dropped;
    }
    return selection;
  };
  return { items, read };
}

/** Null where the browser has none, or does not give one of this folder. */
function handleOf(item: DataTransferItem): Promise<FileSystemHandle | null> {
  const { getAsFileSystemHandle } = item as { getAsFileSystemHandle?(): Promise<FileSystemHandle | null> };
  return getAsFileSystemHandle?.call(item).catch(() => null) ?? Promise.resolve(null);
}

async function addEntry(entry: FileSystemEntry, parent: string, selection: Selection): Promise<void> {
  const path = parent === "" ? entry.name : `${parent}/${entry.name}`;
  try {
    if (entry.isFile) {
      const file = await new Promise<File>((resolve, reject) =>
        (entry as FileSystemFileEntry).file(resolve, reject),
      );
      selection.files.push({ path, file });
      return;
    }
    selection.files.push({ path, file: null });
    const reader = (entry as FileSystemDirectoryEntry).createReader();
    // Chromium returns at most 100 at a time, and none at the end.
    for (;;) {
      const entries = await new Promise<FileSystemEntry[]>((resolve, reject) =>
        reader.readEntries(resolve, reject),
      );
      if (entries.length === 0) return;
      for (const child of entries) await addEntry(child, path, selection);
    }
  } catch {
    selection.skipped += 1;
  }
}
