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
  readonly entries: readonly Entry[];
  readonly #files: readonly (File | null)[];
  readonly skipped: number;
  readonly files: number;
  readonly bytes: number;

  /** `skipped`: what was not even tried. Entries that cannot be in a manifest are skipped as well. */
  constructor(selection: readonly SelectedFile[], skipped: number) {
    const usable = selection.filter(isUsable).slice(0, MAX_ENTRIES);
    const now = Date.now();
    this.entries = usable.map(({ path, file }) => entryOf(path, file, now));
    this.#files = usable.map(({ file }) => file);
    this.skipped = skipped + selection.length - usable.length;
    this.files = usable.filter(({ file }) => file !== null).length;
    this.bytes = usable.reduce((sum, { file }) => sum + (file?.size ?? 0), 0);
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

  /** Entries from `first` on, whose JSON text has at most so many bytes. */
  manifest(first: number, maxJsonBytes: number): { entries: Entry[]; last: boolean } {
    // Far more than fit.
    const entries = fitting(this.entries.slice(first, first + 1_000), maxJsonBytes);
    return { entries, last: first + entries.length === this.entries.length };
  }

  /** @throws {DOMException} `NotReadableError` if the file has changed since it was selected. */
  async read(entry: number, offset: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    const file = this.#files[entry];
    if (!file) throw new DOMException("not a file", "NotFoundError");
    const bytes = await file.slice(offset, offset + length).arrayBuffer();
    if (bytes.byteLength !== length) throw new DOMException("shorter than it was", "NotReadableError");
    return new Uint8Array(bytes);
  }

  /** These entries, and the folders that they are in. */
  only(entries: ReadonlySet<number>): SelectedFile[] {
    return this.entries.flatMap(({ path }, number) =>
      entries.has(number) ? { path, file: this.#files[number] ?? null } : [],
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
  const at = file?.lastModified ?? now;
  const seconds = Math.floor(at / 1_000);
  const modified: [number, number] = [seconds, Math.floor(at - seconds * 1_000) * 1_000_000];
  return file ? { path, size: file.size, modified } : { path, folder: true, modified };
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
