/** `maru_transfer::endpoint::Endpoint`: all transfers with one participant. */
import { checked } from "./module-exports";
import type { TransferModule } from "./transfer-module";

export type Direction = "send" | "receive";

/** The size of a folder in lists of sizes. */
export const FOLDER = 0xffff_ffff_ffff_ffffn;

export interface Identity {
  participant: string;
  incarnation: string;
}

/** An entry of a manifest (docs/transfer.md, "Control messages"). */
export interface Entry {
  path: string;
  /** Absent of a folder. */
  size?: number;
  folder?: boolean;
  /** Seconds since 1970, and nanoseconds. */
  modified: [number, number];
}

/** A control message `offer`. */
export interface Offer {
  type: "offer";
  id: string;
  number: number;
  files: number;
  folders: number;
  bytes: number;
  names: Entry[];
  skipped: number;
  secret: string;
}

/** Of a transfer that no endpoint has. */
export interface Candidate {
  id: string;
  role: Direction;
  /** The secrets of the sender and the receiver. */
  sender: string;
  receiver: string;
}

/** What is on the disk of a transfer that is received. */
export interface Restored {
  /** {@link FOLDER} for a folder. */
  sizes: readonly bigint[];
  manifestComplete: boolean;
  /** Entries that are complete, as ranges: the first, and the one after the last. */
  done: [number, number][];
  failed: [number, string][];
  /** Verified groups of other entries: entry, group, digest. */
  digests: Iterable<readonly [number, number, Uint8Array]>;
}

export interface Progress {
  state: "offered" | "waiting" | "active" | "paused";
  paused: { here: boolean; there: boolean; problem: string | null; problemHere: boolean };
  transferred: number;
  filesDone: number;
  filesFailed: number;
  filesPresent: number;
  /** What the receiver had already, of `transferred`. */
  bytesPresent: number;
  /** Still to be sent: not those of files that failed. */
  bytesLeft: number;
}

export type EntryProgress = { arrived: number } | { done: true } | { failed: string };

export type DiskRequest =
  | { type: "manifest"; id: string; first: number; maxJsonBytes: number }
  | { type: "read"; id: string; read: number; entry: number; offset: number; length: number }
  | { type: "store"; id: string; first: number; entries: Entry[]; last: boolean }
  | { type: "fail"; id: string; entry: number; code: string }
  | { type: "write"; id: string; write: number; entry: number; offset: number; zeros: number }
  | { type: "verified"; id: string; entry: number; group: number; digest: string }
  | { type: "finish"; id: string; entry: number; hash: string | null }
  | { type: "checkpoint"; id: string }
  | { type: "conclude"; id: string };

export type EndpointEvent =
  | { type: "hello"; participant: string; incarnation: string }
  | { type: "offered"; id: string }
  | { type: "accepted"; id: string; secret: string }
  /** Not supported here, and left without an answer. */
  | { type: "stripe"; index: number }
  | { type: "found"; id: string; direction: Direction }
  | { type: "changed"; id: string; direction: Direction }
  | { type: "entry-failed"; id: string; direction: Direction; entry: number; code: string }
  | { type: "present"; id: string; direction: Direction; files: number }
  | { type: "entry-done"; id: string; entry: number; hash: string | null }
  /** All of the only file of a transfer was sent: its hash, of what was read here. */
  | { type: "sent"; id: string; hash: string }
  | {
      type: "ended";
      id: string;
      direction: Direction;
      outcome: "done" | "declined" | "cancelled";
      code: string | null;
    };

export type Output =
  | { type: "control"; text: string }
  | { type: "close"; reason: "violation" | "silent" | "idle"; detail: string }
  | DiskRequest
  | EndpointEvent;

/** Bytes of a size that is staged. */
const SIZE_BYTES = 8;

export class Endpoint {
  readonly #handle: number;

  constructor(
    private readonly module: TransferModule,
    identity: Identity,
    /** Milliseconds, of a monotonic clock. */
    private readonly now: () => number,
  ) {
    this.#handle = checked(module.exports.endpoint_open(module.exchange.writeJson(identity)));
  }

  close(): void {
    this.module.exports.endpoint_close(this.#handle);
  }

  onControl(text: string): void {
    const { exports, exchange } = this.module;
    checked(exports.endpoint_control(this.#handle, exchange.writeText(text), this.now()));
  }

  onBulk(message: Uint8Array): void {
    const { exports, exchange } = this.module;
    checked(exports.endpoint_bulk(this.#handle, exchange.write(message), this.now()));
  }

  onRead(read: number, bytes: Uint8Array): void {
    const { exports, exchange } = this.module;
    checked(exports.endpoint_read(this.#handle, BigInt(read), exchange.write(bytes), this.now()));
  }

  onWritten(write: number): void {
    checked(this.module.exports.endpoint_written(this.#handle, BigInt(write), this.now()));
  }

  /** The next thing to do, and the bytes of a write. */
  poll(): { output: Output; bytes: Uint8Array<ArrayBuffer> } | null {
    const { exports, exchange } = this.module;
    const lengths = exports.endpoint_poll(this.#handle, this.now());
    if (lengths < 0n) checked(Number(lengths));
    if (lengths === 0n) return null;
    const text = Number(lengths & 0xffff_ffffn);
    const output = exchange.readJson(text) as Output;
    return { output, bytes: exchange.read(Number(lengths >> 32n), text) };
  }

  /** The next message of the bulk channel, if one may be sent. */
  pollBulk(): Uint8Array<ArrayBuffer> | null {
    const { exports, exchange } = this.module;
    const length = checked(exports.endpoint_poll_bulk(this.#handle, this.now()));
    return length === 0 ? null : exchange.read(length);
  }

  /** When {@link onTimeout} is due; null if nothing is. */
  get timeout(): number | null {
    const due = this.module.exports.endpoint_timeout(this.#handle);
    return due < 0 ? null : due;
  }

  onTimeout(): void {
    this.#command({ call: "timeout" });
  }

  setIdentity(identity: Identity): void {
    this.#command({ call: "identity", ...identity });
  }

  onConnected(own: string, partner: string, candidates: readonly Candidate[]): void {
    this.#command({ call: "connected", own, partner, candidates });
  }

  onDisconnected(): void {
    this.#command({ call: "disconnected" });
  }

  setYielding(yields: boolean): void {
    this.#command({ call: "yield", yields });
  }

  setPathWorks(works: boolean): void {
    this.#command({ call: "path", works });
  }

  onControlSent(messages: number): void {
    this.#command({ call: "control-sent", messages });
  }

  /** `sizes`: of all entries. `partnerSecret`: of the receiver that has accepted it. */
  send(offer: Offer, sizes: readonly bigint[], partnerSecret: string | null, paused: boolean): void {
    this.#stageSizes(sizes);
    this.#command({ call: "send", offer: JSON.stringify(offer), partnerSecret, paused });
  }

  /** Goes on with a transfer of an earlier connection. */
  receive(offer: Offer, secret: string, restored: Restored, paused: boolean): void {
    this.#stage(restored);
    const { manifestComplete, done, failed } = restored;
    this.#command({
      call: "receive",
      offer: JSON.stringify(offer),
      secret,
      paused,
      restored: { manifestComplete, done, failed },
    });
  }

  accept(id: string, secret: string): void {
    this.#command({ call: "accept", id, secret });
  }

  decline(id: string, code: string): void {
    this.#command({ call: "decline", id, code });
  }

  setPaused(id: string, role: Direction, paused: boolean): void {
    this.#command({ call: "pause", id, role, paused });
  }

  cancel(id: string, role: Direction): void {
    this.#command({ call: "cancel", id, role });
  }

  onManifest(id: string, first: number, entries: readonly Entry[], last: boolean): void {
    const message = JSON.stringify({ type: "manifest", id, first, entries, last });
    this.#command({ call: "manifest", message });
  }

  onReadFailed(read: number, code: string): void {
    this.#command({ call: "read-failed", read, code });
  }

  onRefused(id: string, entry: number, code: string): void {
    this.#command({ call: "refused", id, entry, code });
  }

  onFinished(id: string, entry: number): void {
    this.#command({ call: "finished", id, entry });
  }

  onCheckpoint(id: string, durable: number): void {
    this.#command({ call: "checkpoint", id, durable });
  }

  onConcluded(id: string): void {
    this.#command({ call: "concluded", id });
  }

  /**
   * The disk cannot go on with a transfer that is received, until {@link onMended}. Of one that was found it is why it
   * cannot be received yet, until {@link receive}.
   */
  onProblem(id: string, code: string): void {
    this.#command({ call: "problem", id, code });
  }

  /** The disk can never take a transfer that is received: it is over, on both sides. */
  onDiskFailed(id: string, code: string): void {
    this.#command({ call: "disk-failed", id, code });
  }

  onMended(id: string, restored: Restored): void {
    this.#stage(restored);
    const { manifestComplete, done, failed } = restored;
    this.#command({ call: "mended", id, restored: { manifestComplete, done, failed } });
  }

  progress(id: string, role: Direction): Progress | null {
    return this.#command({ call: "progress", id, role }) as Progress | null;
  }

  entryProgress(id: string, role: Direction, entry: number): EntryProgress | null {
    return this.#command({ call: "entry", id, role, entry }) as EntryProgress | null;
  }

  /** What the other side offers. */
  incoming(id: string): Offer | null {
    const text = this.#command({ call: "incoming", id }) as string | null;
    return text === null ? null : (JSON.parse(text) as Offer);
  }

  #command(command: { call: string; [field: string]: unknown }): unknown {
    const { exports, exchange } = this.module;
    const length = exports.endpoint_command(this.#handle, exchange.writeJson(command), this.now());
    return checked(length) === 0 ? null : exchange.readJson(length);
  }

  #stage({ sizes, digests }: Restored): void {
    const { exports, exchange } = this.module;
    this.#stageSizes(sizes);
    for (const [entry, group, digest] of digests) {
      exchange.write(digest);
      checked(exports.stage_digest(entry, BigInt(group)));
    }
  }

  #stageSizes(sizes: readonly bigint[]): void {
    const { exports, exchange } = this.module;
    const batch = Math.floor(exchange.bytes / SIZE_BYTES);
    for (let first = 0; first < sizes.length; first += batch) {
      // WebAssembly is little-endian, and so is every machine that runs it in a browser.
      const bytes = new Uint8Array(BigUint64Array.from(sizes.slice(first, first + batch)).buffer);
      checked(exports.stage_sizes(exchange.write(bytes)));
    }
  }
}

/** Gives entries names that a file system can have, in the order of the manifest (docs/transfer.md, "Names"). */
export class Layout {
  readonly #handle: number;

  constructor(private readonly module: TransferModule) {
    this.#handle = checked(module.exports.layout_open());
  }

  /**
   * The components of the path of the next entry. `taken`: the folder of this path was named before, and there is something
   * of its name already.
   */
  place(path: string, folder: boolean, taken = false): string[] {
    const { exports, exchange } = this.module;
    const length = checked(exports.layout_place(this.#handle, exchange.writeJson({ path, folder, taken })));
    return exchange.readJson(length) as string[];
  }

  close(): void {
    this.module.exports.layout_close(this.#handle);
  }
}
