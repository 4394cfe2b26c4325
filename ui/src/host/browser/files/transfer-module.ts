/**
 * maru-transfer as a WebAssembly module. For a worker: hashing a group takes a millisecond.
 */
import { checked, ExchangeBuffer, type Exports, TransferModuleError } from "./module-exports";

export { TransferModuleError };

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

export class TransferModule {
  readonly exports: Exports;
  readonly exchange: ExchangeBuffer;

  constructor(instance: WebAssembly.Instance) {
    // Of the same build, like the messages between page and worker.
    this.exports = instance.exports as unknown as Exports;
    this.exchange = new ExchangeBuffer(this.exports);
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
    this.exchange.write(bytes);
    const kind = checked(this.exports.hash_group(BigInt(size), BigInt(group), bytes.length));
    return { kind: kind === 0 ? "digest" : "file", bytes: this.exchange.read(HASH_BYTES) };
  }

  /** The BLAKE3 hash of at most {@link GROUP_BYTES} bytes, of which there is at least one: 32 bytes. */
  hashBytes(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
    return this.hashGroup(bytes.length, 0, bytes).bytes;
  }

  /**
   * For a file of `size` bytes. Of an empty file the hash is known at once.
   *
   * @throws {TransferModuleError} `no-digests` for a file of one group, whose hash {@link hashGroup} returns.
   */
  openFile(size: number): FileHasher {
    const handle = checked(this.exports.file_open(BigInt(size)));
    let open = true;
    // The module gives the number to another file after this one is closed.
    const own = () => {
      if (!open) throw new TransferModuleError("no-such-handle");
      return handle;
    };
    return {
      add: (group, digest) => {
        if (digest.length !== HASH_BYTES) throw new RangeError(`a digest of ${digest.length} bytes`);
        this.exchange.write(digest);
        checked(this.exports.file_add(own(), BigInt(group)));
      },
      finish: () => {
        checked(this.exports.file_finish(own()));
        return this.exchange.read(HASH_BYTES);
      },
      close: () => {
        if (open) this.exports.file_close(handle);
        open = false;
      },
    };
  }
}
