/**
 * maru-transfer as a WebAssembly module: the page's side of the C ABI in `crates/transfer-wasm/src/exports.rs`.
 * For a worker: hashing a group takes a millisecond.
 */

/** Bytes of a group. The last group of a file may be shorter. */
export const GROUP_BYTES = 1 << 20;

const HASH_BYTES = 32;

/** What a group hashes to: a digest, or the hash of the file if it has no other group. */
export interface GroupHash {
  kind: "digest" | "file";
  /** 32 bytes. */
  bytes: Uint8Array<ArrayBuffer>;
}

/** Combines the digests of a file's groups, in any order, to the hash of the file. */
export interface FileHasher {
  /** @throws {TransferModuleError} `no-such-group`, `duplicate` */
  add(group: number, digest: Uint8Array): void;
  /** 32 bytes. @throws {TransferModuleError} `incomplete` */
  finish(): Uint8Array<ArrayBuffer>;
  /** Frees its memory, which is the module's and not collected. */
  close(): void;
}

/** The negative results of exports, from -1 on. */
const FAILURES = [
  "file-too-large",
  "no-such-group",
  "too-many-bytes",
  "incomplete",
  "duplicate",
  "no-digests",
  "no-such-handle",
  "too-long",
] as const;

export class TransferModuleError extends Error {
  constructor(readonly code: (typeof FAILURES)[number]) {
    super(code);
    this.name = "TransferModuleError";
  }
}

/** Pointers, lengths and handles are `usize`, 32 bits here; sizes and group numbers are `u64`. */
interface Exports {
  readonly memory: WebAssembly.Memory;
  exchange(): number;
  exchange_bytes(): number;
  hash_group(size: bigint, group: bigint, length: number): number;
  file_open(size: bigint): number;
  file_add(handle: number, group: bigint): number;
  file_finish(handle: number): number;
  file_close(handle: number): void;
}

export class TransferModule {
  readonly #exports: Exports;
  readonly #address: number;
  readonly #exchangeBytes: number;

  constructor(instance: WebAssembly.Instance) {
    // Of the same build, like the messages between page and worker.
    this.#exports = instance.exports as unknown as Exports;
    this.#address = this.#exports.exchange();
    this.#exchangeBytes = this.#exports.exchange_bytes();
  }

  /** @throws if the module cannot be fetched, or the content policy forbids WebAssembly. */
  static async load(url: string): Promise<TransferModule> {
    const { instance } = await WebAssembly.instantiateStreaming(fetch(url));
    return new TransferModule(instance);
  }

  /**
   * Hashes group `group`, counted from 0, of a file of `size` bytes.
   *
   * @param bytes the whole group.
   * @throws {TransferModuleError} `no-such-group`, as for every group of an empty file; `incomplete`, `too-many-bytes` and
   * `too-long` if `bytes` is not the whole group.
   */
  hashGroup(size: number, group: number, bytes: Uint8Array): GroupHash {
    this.#write(bytes);
    const kind = checked(this.#exports.hash_group(BigInt(size), BigInt(group), bytes.length));
    return { kind: kind === 0 ? "digest" : "file", bytes: this.#read() };
  }

  /**
   * For a file of `size` bytes. Of an empty file the hash is known at once.
   *
   * @throws {TransferModuleError} `no-digests` for a file of one group, whose hash {@link hashGroup} returns.
   */
  openFile(size: number): FileHasher {
    const handle = checked(this.#exports.file_open(BigInt(size)));
    let open = true;
    // The module gives the number to another file after this one is closed.
    const own = () => {
      if (!open) throw new TransferModuleError("no-such-handle");
      return handle;
    };
    return {
      add: (group, digest) => {
        if (digest.length !== HASH_BYTES) throw new RangeError(`a digest of ${digest.length} bytes`);
        this.#write(digest);
        checked(this.#exports.file_add(own(), BigInt(group)));
      },
      finish: () => {
        checked(this.#exports.file_finish(own()));
        return this.#read();
      },
      close: () => {
        if (open) this.#exports.file_close(handle);
        open = false;
      },
    };
  }

  #write(bytes: Uint8Array): void {
    if (bytes.length > this.#exchangeBytes) throw new TransferModuleError("too-long");
    this.#exchange(bytes.length).set(bytes);
  }

  #read(): Uint8Array<ArrayBuffer> {
    return this.#exchange(HASH_BYTES).slice();
  }

  /** Made each time: when the module's memory grows, `memory.buffer` is another one. */
  #exchange(length: number): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#exports.memory.buffer as ArrayBuffer, this.#address, length);
  }
}

function checked(result: number): number {
  const code = FAILURES[-1 - result];
  if (code) throw new TransferModuleError(code);
  return result;
}
