/**
 * What happened to a transfer that is received, as frames of a file that only grows: length (4 bytes, little-endian), the
 * first 16 bytes of the BLAKE3 hash, and JSON text. A frame that was written partly ends the journal when it is read.
 */
import type { Entry, Offer } from "../endpoint";
import type { TransferModule } from "../transfer-module";
import { StorageError, type SyncAccessHandle } from "./types";

export type JournalRecord =
  | { type: "begin"; record: TransferRecord }
  | { type: "entries"; entries: readonly Entry[]; last: boolean }
  | {
      type: "checkpoint";
      verified: [entry: number, group: number, digest: string][];
      finished: [entry: number, hash: string | null][];
      failed: [entry: number, code: string][];
    }
  | { type: "paused"; paused: boolean }
  | { type: "concluded" };

/** What is known of a transfer before its first byte. */
export interface TransferRecord {
  offer: Offer;
  /** This side's half of the key. */
  secret: string;
  /** The partner's name, to show. */
  partner: string;
  /** Milliseconds since 1970. */
  created: number;
}

const LENGTH_BYTES = 4;
const CHECK_BYTES = 16;
const HEADER_BYTES = LENGTH_BYTES + CHECK_BYTES;

export class Journal {
  #encoder = new TextEncoder();
  #end = 0;

  constructor(
    private readonly handle: SyncAccessHandle,
    private readonly module: TransferModule,
  ) {}

  /** All records, in order. Cuts off what does not follow from them. */
  read(): JournalRecord[] {
    const size = this.handle.getSize();
    const records: JournalRecord[] = [];
    const header = new Uint8Array(HEADER_BYTES);
    this.#end = 0;
    while (this.#end + HEADER_BYTES <= size) {
      if (this.handle.read(header, { at: this.#end }) < HEADER_BYTES) break;
      const length = new DataView(header.buffer).getUint32(0, true);
      const end = this.#end + HEADER_BYTES + length;
      if (end > size) break;
      const text = new Uint8Array(length);
      if (this.handle.read(text, { at: this.#end + HEADER_BYTES }) < length) break;
      const check = header.subarray(LENGTH_BYTES);
      if (this.#check(text).some((byte, index) => byte !== check[index])) break;
      records.push(JSON.parse(new TextDecoder().decode(text)));
      this.#end = end;
    }
    this.handle.truncate(this.#end);
    return records;
  }

  /** Durable only after {@link flush}. @throws {StorageError} */
  append(record: JournalRecord): void {
    const text = this.#encoder.encode(JSON.stringify(record));
    const frame = new Uint8Array(HEADER_BYTES + text.length);
    new DataView(frame.buffer).setUint32(0, text.length, true);
    frame.set(this.#check(text), LENGTH_BYTES);
    frame.set(text, HEADER_BYTES);
    writeAll(this.handle, frame, this.#end);
    this.#end += frame.length;
  }

  flush(): void {
    this.handle.flush();
  }

  close(): void {
    this.handle.close();
  }

  #check(text: Uint8Array): Uint8Array {
    // Of one group at most: a frame has what happened since the last checkpoint.
    return this.module.hashBytes(text).subarray(0, CHECK_BYTES);
  }
}

/** @throws {StorageError} `disk-full` if not all bytes could be written. */
export function writeAll(handle: SyncAccessHandle, bytes: Uint8Array, at: number): void {
  let written = 0;
  while (written < bytes.length) {
    const count = handle.write(written === 0 ? bytes : bytes.subarray(written), { at: at + written });
    // When the disk is full Firefox returns 0, and Chromium, where the storage is in memory, 2^32 − 8: an error code.
    if (count <= 0 || count > bytes.length - written) throw new StorageError("disk-full");
    written += count;
  }
}
