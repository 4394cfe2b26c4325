/** A file system of the File System API in memory, with the sync access handles of workers. */
import type { SyncAccessHandle } from "../storage/types";

const error = (name: string) => new DOMException(name, name);

class FakeFile {
  bytes = new Uint8Array();
  locked = false;

  constructor(readonly disk: FakeDisk) {}

  resize(size: number): void {
    const bytes = new Uint8Array(size);
    bytes.set(this.bytes.subarray(0, size));
    this.bytes = bytes;
  }
}

/** How much room there is. */
export class FakeDisk {
  free = Number.POSITIVE_INFINITY;
  /** It was removed, as with its drive. */
  gone = false;
  readonly root = new FakeDirectory("", this);
  /** All handles are gone, as with the page. */
  #handles = new Set<() => void>();

  onOpen(close: () => void): void {
    this.#handles.add(close);
  }

  closeAll(): void {
    for (const close of this.#handles) close();
    this.#handles.clear();
  }
}

export class FakeDirectory {
  readonly kind = "directory";
  readonly entries = new Map<string, FakeDirectory | FakeFileHandle>();

  constructor(
    readonly name: string,
    private readonly disk: FakeDisk,
  ) {}

  #check(): void {
    if (this.disk.gone) throw error("NotFoundError");
  }

  async getDirectoryHandle(name: string, { create = false } = {}): Promise<FakeDirectory> {
    this.#check();
    const known = this.entries.get(name);
    if (known instanceof FakeFileHandle) throw error("TypeMismatchError");
    if (known) return known;
    if (!create) throw error("NotFoundError");
    const made = new FakeDirectory(name, this.disk);
    this.entries.set(name, made);
    return made;
  }

  async getFileHandle(name: string, { create = false } = {}): Promise<FakeFileHandle> {
    this.#check();
    const known = this.entries.get(name);
    if (known instanceof FakeDirectory) throw error("TypeMismatchError");
    if (known) return known;
    if (!create) throw error("NotFoundError");
    const made = new FakeFileHandle(name, new FakeFile(this.disk));
    this.entries.set(name, made);
    return made;
  }

  async removeEntry(name: string): Promise<void> {
    this.#check();
    if (!this.entries.delete(name)) throw error("NotFoundError");
  }

  async *values(): AsyncIterable<FakeDirectory | FakeFileHandle> {
    this.#check();
    yield* this.entries.values();
  }

  /** The content of files, by path; null for a folder. */
  list(prefix = ""): Map<string, Uint8Array | null> {
    const listed = new Map<string, Uint8Array | null>();
    for (const [name, entry] of this.entries) {
      if (entry instanceof FakeFileHandle) listed.set(prefix + name, entry.file.bytes);
      else {
        listed.set(`${prefix}${name}/`, null);
        for (const [path, content] of entry.list(`${prefix}${name}/`)) listed.set(path, content);
      }
    }
    return listed;
  }
}

export class FakeFileHandle {
  readonly kind = "file";

  constructor(
    readonly name: string,
    readonly file: FakeFile,
  ) {}

  async getFile(): Promise<Blob> {
    return new Blob([this.file.bytes]);
  }

  /** Writes to a copy, which takes the place of the file when it is closed. */
  async createWritable(): Promise<unknown> {
    const { file } = this;
    const copy = new FakeFile(file.disk);
    return {
      write: async ({ position, data }: { position: number; data: Uint8Array }) => {
        if (data.length > file.disk.free) throw error("QuotaExceededError");
        if (copy.bytes.length < position + data.length) copy.resize(position + data.length);
        copy.bytes.set(data, position);
      },
      close: async () => {
        file.bytes = copy.bytes;
      },
      abort: async () => {},
    };
  }

  async createSyncAccessHandle(): Promise<SyncAccessHandle> {
    const { file } = this;
    if (file.locked) throw error("NoModificationAllowedError");
    file.locked = true;
    let open = true;
    const close = () => {
      if (open) file.locked = false;
      open = false;
    };
    file.disk.onOpen(close);
    const check = () => {
      if (!open) throw error("InvalidStateError");
    };
    return {
      read: (buffer, { at }) => {
        check();
        const bytes = file.bytes.subarray(at, at + buffer.length);
        buffer.set(bytes);
        return bytes.length;
      },
      write: (buffer, { at }) => {
        check();
        // As Firefox does when the disk is full.
        if (buffer.length > file.disk.free) return 0;
        file.disk.free -= buffer.length;
        if (file.bytes.length < at + buffer.length) file.resize(at + buffer.length);
        file.bytes.set(buffer, at);
        return buffer.length;
      },
      truncate: (size) => {
        check();
        file.resize(size);
      },
      getSize: () => {
        check();
        return file.bytes.length;
      },
      flush: check,
      close,
    };
  }
}
