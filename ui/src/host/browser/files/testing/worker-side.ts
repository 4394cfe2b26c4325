/** Two workers of file transfer in this process, without their pages. For tests. */
import { existsSync, readFileSync } from "node:fs";
import { expect, vi } from "vitest";
import type { Transfer as View } from "../../../files";
import type { SelectedFile } from "../selected-file";
import type { SentRecord, SentStore } from "../storage/sent";
import { StagedDestination } from "../storage/staged";
import { TransferModule } from "../transfer-module";
import type { FromDownload, ToDownload } from "../worker/stream-port";
import { Transfers } from "../worker/transfers";
import type { Answer, FromFilesWorker, Streaming, ToFilesWorker } from "../worker-messages";
import { FakeChannel } from "./fake-channel";
import { FakeDisk } from "./fake-file-system";

const MODULE = new URL("../transfer.wasm", import.meta.url);
/** Without the WebAssembly module there is nothing to test. */
export const IS_BUILT = existsSync(MODULE);

export const uuid = (number: number) => `00000000-0000-4000-8000-00000000000${number}`;
const INCARNATION = uuid(9);

/** As IndexedDB: what is put is copied. */
class FakeSentStore implements SentStore {
  #records = new Map<string, SentRecord>();

  async put(record: SentRecord): Promise<void> {
    this.#records.set(record.offer.id, structuredClone(record));
  }

  async list(): Promise<SentRecord[]> {
    return structuredClone([...this.#records.values()]);
  }

  async remove(id: string): Promise<void> {
    this.#records.delete(id);
  }
}

/** A page with its worker, without the page. */
export class Side {
  transfers!: Transfers;
  readonly views = new Map<string, View>();
  readonly messages: FromFilesWorker[] = [];
  #answers = new Map<number, (answer: Answer) => void>();
  #requests = 0;

  constructor(
    readonly number: number,
    readonly disk: FakeDisk,
    readonly sent = new FakeSentStore(),
  ) {}

  async start(): Promise<this> {
    const { instance } = await WebAssembly.instantiate(readFileSync(MODULE));
    const module = new TransferModule(instance);
    this.transfers = new Transfers(
      module,
      (message) => this.#onMessage(message),
      () => performance.now(),
      this.sent,
    );
    use(this);
    await this.transfers.restoreSent(() => false);
    this.transfers.restore(await StagedDestination.restoreAll(module, () => false));
    this.post({ type: "identity", identity: { participant: uuid(this.number), incarnation: INCARNATION } });
    return this;
  }

  /** The page is loaded again. */
  reload(number: number): Promise<Side> {
    this.disk.closeAll();
    return new Side(number, this.disk, this.sent).start();
  }

  post(message: Exclude<ToFilesWorker, { type: "hash" }>): void {
    use(this);
    this.transfers.onMessage(message);
  }

  request(message: (request: number) => Exclude<ToFilesWorker, { type: "hash" }>): Promise<Answer> {
    this.#requests += 1;
    const request = this.#requests;
    return new Promise((resolve) => {
      this.#answers.set(request, resolve);
      this.post(message(request));
    });
  }

  accept(id: string, folder: FakeDisk | null = null, streaming: Streaming = "impossible"): Promise<Answer> {
    const handle = (folder?.root ?? null) as unknown as FileSystemDirectoryHandle | null;
    return this.request((request) => ({ type: "accept", request, id, folder: handle, streaming }));
  }

  /** The only transfer. */
  get view(): View {
    const [view] = this.views.values();
    if (!view) throw new Error("there is no transfer");
    return view;
  }

  until(condition: (view: View) => boolean): Promise<View> {
    return vi.waitFor(
      () => {
        const { view } = this;
        if (!condition(view)) throw new Error(JSON.stringify(view));
        return view;
      },
      { timeout: 30_000, interval: 5 },
    );
  }

  /** What was given to the person to save, first. */
  async download(): Promise<{ name: string; content: Blob }> {
    return vi.waitFor(() => {
      const message = this.messages.find(({ type }) => type === "download");
      if (message?.type !== "download") throw new Error("nothing to save");
      return message.download;
    });
  }

  /** What the service worker has of the download that is streamed, first. */
  async stream(): Promise<StreamedContent> {
    return vi.waitFor(() => {
      const message = this.messages.find(({ type }) => type === "stream");
      if (message?.type !== "stream") throw new Error("nothing is streamed");
      return new StreamedContent(message);
    });
  }

  #onMessage(message: FromFilesWorker): void {
    this.messages.push(message);
    if (message.type === "answer") this.#answers.get(message.request)?.(message.answer);
    if (message.type !== "event") return;
    const { event } = message;
    if (event.type === "transfers") for (const view of event.transfers) this.views.set(view.id, view);
    else if (event.type === "transfer") this.views.set(event.transfer.id, event.transfer);
    else this.views.delete(event.id);
  }
}

/** Reads a download as the browser does, through the service worker. */
class StreamedContent {
  readonly name: string;
  readonly #port: MessagePort;

  constructor({ name, port }: Extract<FromFilesWorker, { type: "stream" }>) {
    this.name = name;
    this.#port = port;
  }

  /** Null at its end. Rejects if it fails. */
  read(): Promise<Uint8Array | null> {
    return new Promise((resolve, reject) => {
      this.#port.onmessage = ({ data }: MessageEvent<ToDownload>) => {
        if (data.type === "chunk") resolve(data.bytes);
        else if (data.type === "end") resolve(null);
        else reject(new Error("aborted"));
      };
      this.#post({ type: "pull" });
    });
  }

  async readAll(): Promise<Uint8Array> {
    const chunks: Uint8Array[] = [];
    for (let chunk = await this.read(); chunk; chunk = await this.read()) chunks.push(chunk);
    return Buffer.concat(chunks);
  }

  cancel(): void {
    this.#post({ type: "cancel" });
  }

  #post(message: FromDownload): void {
    this.#port.postMessage(message);
  }
}

/** Both sides are in this process: `navigator.storage` is that of the one that works. */
function use({ disk }: Side): void {
  vi.stubGlobal("navigator", {
    storage: {
      getDirectory: async () => disk.root,
      estimate: async () => ({ quota: disk.free, usage: 0 }),
    },
  });
}

let generation = 0;

/** Connects two sides. `deliver`: false breaks the connection. */
export function connect([a, b]: [Side, Side], deliver: (bytes: number) => boolean = () => true): void {
  generation += 1;
  const [own, partner] = ["ab".repeat(32), "cd".repeat(32)];
  const control = FakeChannel.pair(true);
  const bulk = FakeChannel.pair(false, (bytes) => {
    const delivered = deliver(bytes);
    if (!delivered) control[0].close();
    return delivered;
  });
  for (const [index, side, other] of [
    [0, a, b],
    [1, b, a],
  ] as const) {
    const link = `${other.number}`;
    side.post({ type: "link", link, participant: uuid(other.number), name: `Person ${other.number}` });
    const fingerprints = index === 0 ? { own, partner } : { own: partner, partner: own };
    side.post({ type: "fingerprints", link, generation, ...fingerprints });
    side.post({
      type: "channels",
      link,
      generation,
      control: control[index] as unknown as RTCDataChannel,
      bulk: bulk[index] as unknown as RTCDataChannel,
    });
  }
}

export function content(bytes: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: bytes }, (_, index) => (index * 31 + (index >> 10)) % 251);
}

export function file(path: string, bytes: Uint8Array<ArrayBuffer>): SelectedFile {
  return { path, file: new File([bytes], path, { lastModified: 1_700_000_000_000 }) };
}

export async function offer(from: Side, to: Side, selection: SelectedFile[]): Promise<string> {
  from.post({ type: "offer", selection, skipped: 1, to: [`${to.number}`], gone: [] });
  return (await to.until(({ state }) => state === "offered")).id;
}

export async function bytesOf(blob: Blob): Promise<Uint8Array> {
  return new Uint8Array(await blob.arrayBuffer());
}

/** `toEqual` takes minutes for millions of numbers. */
export function expectSame(actual: Uint8Array, expected: Uint8Array): void {
  expect(actual.length).toBe(expected.length);
  expect(Buffer.compare(actual, expected)).toBe(0);
}

/** A sender and a receiver that have not been connected. `vi.unstubAllGlobals` is for afterwards. */
export async function startSides(): Promise<[Side, Side]> {
  vi.stubGlobal("MessagePort", class {});
  vi.stubGlobal(
    "FileSystemFileHandle",
    class {
      createSyncAccessHandle() {}
    },
  );
  return [await new Side(1, new FakeDisk()).start(), await new Side(2, new FakeDisk()).start()];
}
