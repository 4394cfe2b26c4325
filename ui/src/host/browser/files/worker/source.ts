/** What is sent: the person's selection as a manifest (docs/transfer.md), and the files behind it. */
import { type Entry, FOLDER } from "../endpoint";
import type { SelectedFile } from "../selected-file";

const MAX_ENTRIES = 1_000_000;
const MAX_PATH_BYTES = 4_096;
const MAX_COMPONENTS = 64;
const MAX_COMPONENT_BYTES = 1_024;
/** JSON text of an entry that fits a control message with its frame. */
const MAX_ENTRY_BYTES = 16_000;
const MAX_NAMES = 8;
/** JSON text of the names in an offer. */
const MAX_NAMES_BYTES = 12_000;

const encoder = new TextEncoder();

export class Source {
  readonly files: number;
  readonly bytes: number;
  /** Top-level files and folders that are to be selected again, in the order of the entries. */
  #unselected = new Set<string>();

  private constructor(
    readonly entries: readonly Entry[],
    readonly skipped: number,
    /** By number of the entry. */
    readonly selected: Map<number, File>,
    /** Of each top-level file and folder; empty if one has none. */
    readonly handles: readonly FileSystemHandle[],
  ) {
    this.files = entries.filter(({ folder }) => !folder).length;
    this.bytes = entries.reduce((sum, { size = 0 }) => sum + size, 0);
  }

  /** `skipped`: what was not even tried. Entries that cannot be in a manifest are skipped as well. */
  static select(selection: readonly SelectedFile[], skipped: number): Source {
    const usable = selection.filter(isUsable).slice(0, MAX_ENTRIES);
    const now = Date.now();
    return new Source(
      usable.map(({ path, file }) => entryOf(path, file, now)),
      skipped + selection.length - usable.length,
      new Map(usable.flatMap(({ file }, number) => (file ? [[number, file] as const] : []))),
      handlesOf(usable),
    );
  }

  /** Of an earlier page, which had the files. */
  static withoutFiles(
    entries: readonly Entry[],
    skipped: number,
    handles: readonly FileSystemHandle[],
  ): Source {
    const source = new Source(entries, skipped, new Map(), handles);
    for (const { path } of entries) source.#unselected.add(topOf(path));
    return source;
  }

  /** What has to be selected again before it goes on; null if nothing has. */
  get missing(): "files" | "folder" | null {
    const [top] = this.#unselected;
    if (top === undefined) return null;
    return this.entries.some(({ path, folder }) => topOf(path) === top && (folder || path !== top))
      ? "folder"
      : "files";
  }

  /**
   * The files of a selection that have the name, size and time of an entry, by its number, and the top-level names of the
   * selection that are to be selected again.
   */
  match(selection: readonly SelectedFile[]): { files: Map<number, File>; tops: Set<string> } {
    const found = new Map(selection.map(({ path, file }) => [path, file]));
    const tops = new Set(selection.map(({ path }) => topOf(path)).filter((top) => this.#unselected.has(top)));
    const files = new Map<number, File>();
    for (const [number, entry] of this.entries.entries()) {
      const file = found.get(entry.path);
      if (!file || !tops.has(topOf(entry.path)) || entry.size !== file.size) continue;
      if (modifiedOf(file.lastModified).join() === entry.modified.join()) files.set(number, file);
    }
    return { files, tops };
  }

  /** Something below these top-level names is a file. */
  hasFiles(tops: ReadonlySet<string>): boolean {
    return this.entries.some(({ path, folder }) => !folder && tops.has(topOf(path)));
  }

  attach(files: ReadonlyMap<number, File>, tops: ReadonlySet<string>): void {
    for (const [number, file] of files) this.selected.set(number, file);
    for (const top of tops) this.#unselected.delete(top);
  }

  /** The first files that have content, by number. */
  someFiles(count: number): [number, File][] {
    return [...this.selected].filter(([, { size }]) => size > 0).slice(0, count);
  }

  get folders(): number {
    return this.entries.length - this.files;
  }

  /** Of each entry. */
  get sizes(): bigint[] {
    return this.entries.map(({ size }) => (size === undefined ? FOLDER : BigInt(size)));
  }

  /** The first entries, which fit an offer together. */
  get names(): Entry[] {
    return fitting(this.entries.slice(0, MAX_NAMES), MAX_NAMES_BYTES);
  }

  /** Null if there is more than one entry. */
  get onlyFile(): File | null {
    return this.entries.length === 1 ? (this.selected.get(0) ?? null) : null;
  }

  /** Entries from `first` on, whose JSON text has at most so many bytes. */
  manifest(first: number, maxJsonBytes: number): { entries: Entry[]; last: boolean } {
    // Far more than fit.
    const entries = fitting(this.entries.slice(first, first + 1_000), maxJsonBytes);
    return { entries, last: first + entries.length === this.entries.length };
  }

  /** @throws {DOMException} `NotReadableError` if the file has changed since it was selected. */
  async read(entry: number, offset: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    const file = this.selected.get(entry);
    if (!file) throw new DOMException("not a file", "NotFoundError");
    const bytes = await file.slice(offset, offset + length).arrayBuffer();
    if (bytes.byteLength !== length) throw new DOMException("shorter than it was", "NotReadableError");
    return new Uint8Array(bytes);
  }

  /** These entries, and the folders that they are in. */
  only(entries: ReadonlySet<number>): SelectedFile[] {
    return this.entries.flatMap(({ path }, number) =>
      entries.has(number) ? { path, file: this.selected.get(number) ?? null } : [],
    );
  }
}

/** The code of docs/transfer.md for a read that failed. */
export function readFailure(error: unknown): string {
  const name = error instanceof DOMException ? error.name : "";
  if (name === "NotReadableError") return "changed";
  if (name === "NotFoundError") return "missing";
  if (name === "NotAllowedError" || name === "SecurityError") return "denied";
  return "unreadable";
}

function entryOf(path: string, file: File | null, now: number): Entry {
  // Browsers do not say when a folder was modified.
  const modified = modifiedOf(file?.lastModified ?? now);
  return file ? { path, size: file.size, modified } : { path, folder: true, modified };
}

function handlesOf(selection: readonly SelectedFile[]): FileSystemHandle[] {
  const tops = new Set(selection.map(({ path }) => topOf(path)));
  const handles = selection.flatMap(({ path, handle }) => (handle && path === topOf(path) ? [handle] : []));
  return handles.length === tops.size ? handles : [];
}

/** From milliseconds since 1970. */
function modifiedOf(at: number): [number, number] {
  const seconds = Math.floor(at / 1_000);
  return [seconds, Math.floor(at - seconds * 1_000) * 1_000_000];
}

function topOf(path: string): string {
  return path.split("/", 1)[0] ?? "";
}

function isUsable({ path }: SelectedFile): boolean {
  const components = path.split("/");
  return (
    components.length <= MAX_COMPONENTS &&
    encoder.encode(path).length <= MAX_PATH_BYTES &&
    encoder.encode(JSON.stringify(path)).length <= MAX_ENTRY_BYTES &&
    components.every(
      (component) =>
        component !== "" &&
        component !== "." &&
        component !== ".." &&
        !component.includes("\0") &&
        encoder.encode(component).length <= MAX_COMPONENT_BYTES,
    )
  );
}

function fitting(entries: readonly Entry[], maxJsonBytes: number): Entry[] {
  let bytes = 2;
  const fits: Entry[] = [];
  for (const entry of entries) {
    bytes += encoder.encode(JSON.stringify(entry)).length + 1;
    if (bytes > maxJsonBytes) break;
    fits.push(entry);
  }
  return fits;
}
