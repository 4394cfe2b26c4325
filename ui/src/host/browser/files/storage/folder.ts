/**
 * Files in a folder that the person chose (File System Access API, Chromium). A file appears with its content when it is
 * complete; before, there is an empty one of its name. Nothing that was there is overwritten. Not resumed after a reload.
 */
import { type Entry, Layout, type Restored } from "../endpoint";
import type { TransferModule } from "../transfer-module";
import { ReceiveProgress } from "./progress";
import { type Destination, EntryRefused, type PlacedEntry, storageError } from "./types";

/** Attempts to find a name that the folder does not have. */
const MAX_NAMES = 1_000;

/**
 * Names that unfinished transfers of this page have in a folder of the person, whichever: two may have chosen the same one,
 * and the File System API cannot create a file only if there is none.
 */
const claimed = new Set<string>();
/** File systems may take two names for one. */
const keyOf = (name: string) => name.normalize("NFC").toLowerCase();

export class FolderDestination implements Destination {
  readonly kind = "folder";
  readonly entries: PlacedEntry[] = [];
  #open = new Map<number, FileSystemWritableFileStream>();
  #progress = new ReceiveProgress();
  #layout: Layout;
  /** Folders and files of this transfer directly in the root, by their path on the wire. */
  #topFolders = new Map<string, string>();
  #claimed = new Set<string>();

  constructor(
    private readonly root: FileSystemDirectoryHandle,
    module: TransferModule,
  ) {
    this.#layout = new Layout(module);
  }

  async store(_first: number, entries: readonly Entry[], last: boolean): Promise<void> {
    for (const entry of entries) this.entries.push({ ...entry, place: await this.#place(entry) });
    this.#progress.store(entries, last);
  }

  async write(entry: number, offset: number, bytes: Uint8Array<ArrayBuffer>, zeros: number): Promise<void> {
    const file = this.#open.get(entry) ?? (await this.#create(entry));
    if (zeros === 0) {
      await file.write({ type: "write", position: offset, data: bytes });
      return;
    }
    const chunk = new Uint8Array(Math.min(zeros, 1 << 20));
    for (let at = 0; at < zeros; at += chunk.length)
      await file.write({
        type: "write",
        position: offset + at,
        data: chunk.subarray(0, Math.min(chunk.length, zeros - at)),
      });
  }

  verified(): void {}

  async finish(entry: number, hash: string | null): Promise<void> {
    if (this.entries[entry]?.folder) await this.#folder(this.entries[entry].place);
    else {
      const file = this.#open.get(entry) ?? (await this.#create(entry));
      this.#open.delete(entry);
      await file.close();
    }
    this.#progress.finish(entry, hash);
  }

  async fail(entry: number, code: string): Promise<void> {
    this.#progress.fail(entry, code);
    await this.#abandon(entry);
  }

  checkpoint(): number {
    return this.#progress.bytes;
  }

  conclude(): void {
    this.#layout.close();
    this.#release();
  }

  /** @throws if the folder is gone, or may not be used any more. */
  async restored(): Promise<Restored> {
    await this.#find();
    for (const entry of [...this.#open.keys()]) await this.#abandon(entry);
    return this.#progress.restored();
  }

  setPaused(): void {}

  async saved(): Promise<null> {
    return null;
  }

  async discard(): Promise<void> {
    for (const entry of [...this.#open.keys()]) await this.#abandon(entry);
    for (const name of this.#topFolders.values())
      await this.root.removeEntry(name, { recursive: true }).catch(() => {});
    this.#release();
  }

  /** Looks into the folder, which is refused if it is gone. */
  async #find(): Promise<void> {
    const { root } = this;
    const items = (root as unknown as { values(): AsyncIterable<FileSystemHandle> }).values();
    await items[Symbol.asyncIterator]().next();
  }

  /** Removes a file that is not complete. */
  async #abandon(entry: number): Promise<void> {
    const file = this.#open.get(entry);
    if (!file) return;
    this.#open.delete(entry);
    await file.abort().catch(() => {});
    const place = this.entries[entry]?.place ?? [];
    const parent = await this.#folder(place.slice(0, -1)).catch(() => null);
    await parent?.removeEntry(place.at(-1) ?? "").catch(() => {});
  }

  async #create(entry: number): Promise<FileSystemWritableFileStream> {
    const placed = this.entries[entry];
    // Another program may have made something of the name since.
    if (placed?.place.length === 1 && (await this.#exists(placed.place[0] ?? "")))
      placed.place = await this.#freeFile(placed.path);
    const place = placed?.place ?? [];
    const file = await this.#createFile(place).catch((error: unknown) => {
      // A name that this system does not take.
      throw error instanceof TypeError ? new EntryRefused(error.message) : error;
    });
    this.#open.set(entry, file);
    return file;
  }

  async #createFile(place: readonly string[]): Promise<FileSystemWritableFileStream> {
    const parent = await this.#folder(place.slice(0, -1));
    const handle = await parent.getFileHandle(place.at(-1) ?? "", { create: true });
    return handle.createWritable();
  }

  async #folder(path: readonly string[]): Promise<FileSystemDirectoryHandle> {
    let folder = this.root;
    for (const name of path) folder = await folder.getDirectoryHandle(name, { create: true });
    return folder;
  }

  /** A name that the folder of the person does not have; deeper there is only what this transfer made. */
  async #place({ path, folder = false }: Entry): Promise<string[]> {
    const [top = "", ...rest] = path.split("/");
    if (rest.length === 0 && !folder) return this.#freeFile(path);
    let [name = ""] = this.#layout.place(top, true);
    if (!this.#topFolders.has(top)) {
      for (let tries = 0; !(await this.#claim(name)); tries += 1) {
        if (tries >= MAX_NAMES) throw storageError(new Error("no free name"));
        [name = ""] = this.#layout.place(top, true, true);
      }
      // At once, so that nobody else makes it.
      await this.#folder([name]).catch((error: unknown) => {
        // A name that this system does not take: what is in it fails.
        if (!(error instanceof TypeError)) throw error;
      });
      this.#topFolders.set(top, name);
    }
    return rest.length > 0 ? this.#layout.place(path, folder) : [name];
  }

  async #freeFile(path: string): Promise<string[]> {
    for (let tries = 0; tries < MAX_NAMES; tries += 1) {
      const place = this.#layout.place(path, false);
      if (await this.#claim(place[0] ?? "")) return place;
    }
    throw storageError(new Error("no free name"));
  }

  /** False if the folder has something of this name, or will have. */
  async #claim(name: string): Promise<boolean> {
    const key = keyOf(name);
    if (claimed.has(key)) return false;
    // Before the folder is looked at: another transfer may look at the same time.
    claimed.add(key);
    if (await this.#exists(name)) {
      claimed.delete(key);
      return false;
    }
    this.#claimed.add(key);
    return true;
  }

  #release(): void {
    for (const key of this.#claimed) claimed.delete(key);
    this.#claimed.clear();
  }

  #exists(name: string): Promise<boolean> {
    return this.root.getFileHandle(name).then(
      () => true,
      (error: unknown) => error instanceof DOMException && error.name === "TypeMismatchError",
    );
  }
}
