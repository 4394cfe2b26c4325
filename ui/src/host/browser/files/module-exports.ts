/** The page's side of the C ABI in `crates/transfer-wasm/src/exports.rs`: exports, failures, and the exchange buffer. */

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
  "bad-command",
  "too-many-folders",
] as const;

export class TransferModuleError extends Error {
  constructor(readonly code: (typeof FAILURES)[number]) {
    super(code);
    this.name = "TransferModuleError";
  }
}

/** Pointers, lengths and handles are `usize`, 32 bits here; sizes and group numbers are `u64`; times are in milliseconds. */
export interface Exports {
  readonly memory: WebAssembly.Memory;
  exchange(): number;
  exchange_bytes(): number;
  hash_group(size: bigint, group: bigint, length: number): number;
  file_open(size: bigint): number;
  file_add(handle: number, group: bigint): number;
  file_finish(handle: number): number;
  file_close(handle: number): void;
  endpoint_open(length: number): number;
  endpoint_close(handle: number): void;
  endpoint_command(handle: number, length: number, now: number): number;
  endpoint_control(handle: number, length: number, now: number): number;
  endpoint_bulk(handle: number, length: number, now: number): number;
  endpoint_read(handle: number, read: bigint, length: number, now: number): number;
  endpoint_written(handle: number, write: bigint, now: number): number;
  endpoint_poll(handle: number, now: number): bigint;
  endpoint_poll_bulk(handle: number, now: number): number;
  endpoint_timeout(handle: number): number;
  stage_sizes(length: number): number;
  stage_digest(entry: number, group: bigint): number;
  layout_open(): number;
  layout_close(handle: number): void;
  layout_place(handle: number, length: number): number;
}

/** The result of an export, if it is not a failure. */
export function checked(result: number): number {
  const code = FAILURES[-1 - result];
  if (code) throw new TransferModuleError(code);
  return result;
}

/** The memory in which bytes and JSON cross. */
export class ExchangeBuffer {
  readonly bytes: number;
  readonly #address: number;
  #encoder = new TextEncoder();
  #decoder = new TextDecoder();

  constructor(private readonly exports: Exports) {
    this.#address = exports.exchange();
    this.bytes = exports.exchange_bytes();
  }

  /** Returns the number of bytes. */
  write(bytes: Uint8Array): number {
    if (bytes.length > this.bytes) throw new TransferModuleError("too-long");
    this.#view(0, bytes.length).set(bytes);
    return bytes.length;
  }

  writeJson(value: unknown): number {
    return this.write(this.#encoder.encode(JSON.stringify(value)));
  }

  writeText(text: string): number {
    return this.write(this.#encoder.encode(text));
  }

  /** A copy. */
  read(length: number, from = 0): Uint8Array<ArrayBuffer> {
    return this.#view(from, length).slice();
  }

  readJson(length: number): unknown {
    return JSON.parse(this.#decoder.decode(this.#view(0, length)));
  }

  /** Made each time: when the module's memory grows, `memory.buffer` is another one. */
  #view(from: number, length: number): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.exports.memory.buffer as ArrayBuffer, this.#address + from, length);
  }
}
