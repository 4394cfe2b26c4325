import { existsSync, readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Transfer as View } from "../../../files";
import type { ByteChannel } from "../byte-channel";
import type { SelectedFile } from "../selected-file";
import type { SentRecord, SentStore } from "../storage/sent";
import { StagedDestination } from "../storage/staged";
import { FakeChannel } from "../testing/fake-channel";
import { FakeDisk } from "../testing/fake-file-system";
import { TransferModule } from "../transfer-module";
import type { Answer, FromFilesWorker, Streaming, ToFilesWorker } from "../worker-messages";
import type { FromDownload, ToDownload } from "./stream-port";
import { Transfers } from "./transfers";

const MODULE = new URL("../transfer.wasm", import.meta.url);
const uuid = (number: number) => `00000000-0000-4000-8000-00000000000${number}`;
const INCARNATION = uuid(9);

/** Channels are handed to the worker as they are. */
vi.mock("../byte-channel", () => ({
  RtcByteChannel: class {
    constructor(channel: ByteChannel) {
      // biome-ignore lint/correctness/noConstructorReturn: it stands in for the channel.
      return channel;
    }
  },
}));

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
class Side {
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
function connect([a, b]: [Side, Side], deliver: (bytes: number) => boolean = () => true): void {
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

function content(bytes: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: bytes }, (_, index) => (index * 31 + (index >> 10)) % 251);
}

function file(path: string, bytes: Uint8Array<ArrayBuffer>): SelectedFile {
  return { path, file: new File([bytes], path, { lastModified: 1_700_000_000_000 }) };
}

async function offer(from: Side, to: Side, selection: SelectedFile[]): Promise<string> {
  from.post({ type: "offer", selection, skipped: 1, to: [`${to.number}`] });
  return (await to.until(({ state }) => state === "offered")).id;
}

async function bytesOf(blob: Blob): Promise<Uint8Array> {
  return new Uint8Array(await blob.arrayBuffer());
}

/** `toEqual` takes minutes for millions of numbers. */
function expectSame(actual: Uint8Array, expected: Uint8Array): void {
  expect(actual.length).toBe(expected.length);
  expect(Buffer.compare(actual, expected)).toBe(0);
}

describe.skipIf(!existsSync(MODULE))("transfers between two workers", () => {
  let sides: [Side, Side];
  const fileHandle = class {
    createSyncAccessHandle() {}
  };

  beforeEach(async () => {
    vi.stubGlobal("MessagePort", class {});
    vi.stubGlobal("FileSystemFileHandle", fileHandle);
    sides = [await new Side(1, new FakeDisk()).start(), await new Side(2, new FakeDisk()).start()];
  });

  afterEach(() => vi.unstubAllGlobals());

  it("sends a file, which is saved as it was", async () => {
    const [sender, receiver] = sides;
    connect(sides);
    const bytes = content(3 * 1_048_576 + 17);
    const id = await offer(sender, receiver, [file("바다.jpg", bytes)]);
    expect(receiver.view).toMatchObject({
      direction: "receive",
      participant: uuid(1),
      partner: "Person 1",
      names: [{ name: "바다.jpg", folder: false, size: bytes.length }],
      skipped: 1,
    });
    expect(await receiver.accept(id)).toEqual({ ok: true });
    const done = await receiver.until(({ state }) => state === "done");
    expect(done).toMatchObject({ transferred: bytes.length, filesDone: 1, canOpen: true, code: null });
    expect(done.hash).toMatch(/^[0-9a-f]{64}$/);
    const sent = await sender.until(({ state }) => state === "done");
    expect(sent.hash).toBe(done.hash);
    const { name, content: saved } = await receiver.download();
    expect(name).toBe("바다.jpg");
    expectSame(await bytesOf(saved), bytes);

    // It can be saved again, until it is removed.
    const key = { id, direction: "receive" as const };
    const again = await receiver.request((request) => ({ type: "save", request, transfer: key }));
    expect(again).toMatchObject({ ok: true, download: { name: "바다.jpg" } });
    receiver.post({ type: "control", action: "forget", transfer: key });
    await vi.waitFor(() => expect([...receiver.disk.root.list().keys()]).toEqual(["maru-transfers/"]));
    expect(receiver.views.size).toBe(0);
  });

  it("puts a folder into the folder of the person, beside what is there", async () => {
    const [sender, receiver] = sides;
    connect(sides);
    const target = new FakeDisk();
    const existing = await target.root.getFileHandle("a.txt", { create: true });
    existing.file.bytes = content(3);
    await target.root.getDirectoryHandle("여행", { create: true });
    const id = await offer(sender, receiver, [
      { path: "여행", file: null },
      { path: "여행/빈 폴더", file: null },
      file("여행/a:b.txt", content(10)),
      file("a.txt", content(20)),
      file("empty", content(0)),
    ]);
    await receiver.accept(id, target);
    await receiver.until(({ state }) => state === "done");
    const listed = target.root.list();
    expect([...listed.keys()].sort()).toEqual(
      ["a (2).txt", "a.txt", "empty", "여행 (2)/", "여행 (2)/a_b.txt", "여행 (2)/빈 폴더/", "여행/"].sort(),
    );
    expect(listed.get("a.txt")).toEqual(content(3));
    expect(listed.get("a (2).txt")).toEqual(content(20));
    expect(listed.get("여행 (2)/a_b.txt")).toEqual(content(10));
    expect(receiver.view.canOpen).toBe(false);
    const entries = await receiver.request((request) => ({
      type: "entries",
      request,
      transfer: { id, direction: "receive" },
      first: 1,
      count: 2,
    }));
    expect(entries).toMatchObject({
      entries: [
        { entry: 1, path: "여행 (2)/빈 폴더", folder: true, state: "done" },
        { entry: 2, path: "여행 (2)/a_b.txt", size: 10, state: "done", transferred: 10 },
      ],
    });
  });

  it("is declined, or cancelled on either side", async () => {
    const [sender, receiver] = sides;
    connect(sides);
    const id = await offer(sender, receiver, [file("a", content(10))]);
    receiver.post({ type: "decline", id });
    await sender.until(({ state }) => state === "declined");
    expect(sender.view.code).toBe("declined");
    await receiver.until(({ state }) => state === "declined");

    for (const [side, other] of [
      [sender, receiver],
      [receiver, sender],
    ] as const) {
      for (const { views } of sides) views.clear();
      const id = await offer(sender, receiver, [file("a", content(10_000_000))]);
      receiver.post({ type: "control", action: "pause", transfer: { id, direction: "receive" } });
      await receiver.accept(id);
      await other.until(({ state }) => state === "paused" || state === "active");
      const direction = side === sender ? "send" : "receive";
      side.post({ type: "control", action: "cancel", transfer: { id, direction } });
      await Promise.all(sides.map((side) => side.until(({ state }) => state === "cancelled")));
      // Nothing incomplete is left.
      await vi.waitFor(() => expect([...receiver.disk.root.list().keys()]).toEqual(["maru-transfers/"]));
    }
  });

  it("pauses, and goes on", async () => {
    const [sender, receiver] = sides;
    let sent = 0;
    connect(sides, (bytes) => {
      sent += bytes;
      return true;
    });
    const bytes = content(20_000_000);
    const id = await offer(sender, receiver, [file("a", bytes)]);
    await receiver.accept(id);
    await vi.waitFor(() => expect(sent).toBeGreaterThan(2_000_000), { interval: 1, timeout: 30_000 });
    receiver.post({ type: "control", action: "pause", transfer: { id, direction: "receive" } });
    const paused = await sender.until(({ state, paused }) => state === "paused" && paused.there);
    expect(paused.transferred).toBeLessThan(bytes.length);
    receiver.post({ type: "control", action: "resume", transfer: { id, direction: "receive" } });
    await receiver.until(({ state }) => state === "done");
    expectSame(await bytesOf((await receiver.download()).content), bytes);
  });

  it("goes on where it was after the receiver's page is loaded again", async () => {
    const [sender, receiver] = sides;
    const bytes = content(12_000_000);
    let sent = 0;
    connect(sides, (size) => {
      sent += size;
      return sent < 8_000_000;
    });
    const id = await offer(sender, receiver, [file("a", bytes), file("b", content(5))]);
    await receiver.accept(id);
    await vi.waitFor(() => expect(sent).toBeGreaterThan(8_000_000), { interval: 1, timeout: 30_000 });
    // The page ends with the connection; what was made durable before stays.
    receiver.post({ type: "unlink", link: "1" });
    await vi.waitFor(() => expect(receiver.view.state).toBe("waiting"));
    sender.post({ type: "unlink", link: "2" });
    const reloaded = await receiver.reload(3);
    expect(reloaded.messages).toContainEqual({ type: "unfinished", count: 1 });
    const kept = reloaded.view.transferred;
    expect(kept).toBeGreaterThan(4_000_000);
    expect(reloaded.view).toMatchObject({ state: "waiting", partner: "Person 1", bytes: bytes.length + 5 });

    sent = 0;
    connect([sender, reloaded], (size) => {
      sent += size;
      return true;
    });
    await reloaded.until(({ state }) => state === "done");
    await sender.until(({ state }) => state === "done");
    expect(sent).toBeLessThan(bytes.length - kept + 1_000_000);
    // Two files: an archive. The first one is in it as it is.
    const archive = await bytesOf((await reloaded.download()).content);
    expect(Buffer.from(archive).includes(Buffer.from(bytes))).toBe(true);
  });

  describe("after the sender's page is loaded again", () => {
    const BYTES = content(12_000_000);
    const key = (id: string) => ({ id, direction: "send" as const });
    const reselect = (side: Side, id: string, selection: SelectedFile[]) =>
      side.request((request) => ({ type: "reselect", request, transfer: key(id), selection }));

    /** The connection breaks in the middle, and the sender's page is loaded again. */
    async function reloaded(selection: SelectedFile[]): Promise<{ id: string; again: Side; receiver: Side }> {
      const [sender, receiver] = sides;
      let sent = 0;
      connect(sides, (size) => {
        sent += size;
        return sent < 8_000_000;
      });
      const id = await offer(sender, receiver, selection);
      await receiver.accept(id);
      await vi.waitFor(() => expect(sent).toBeGreaterThan(8_000_000), { interval: 1, timeout: 30_000 });
      await vi.waitFor(async () => expect(await sender.sent.list()).toHaveLength(1));
      sender.post({ type: "unlink", link: "2" });
      receiver.post({ type: "unlink", link: "1" });
      return { id, again: await sender.reload(3), receiver };
    }

    it("waits for the same file, and goes on with it where it was", async () => {
      const { id, again, receiver } = await reloaded([file("a", BYTES)]);
      expect(again.view).toMatchObject({ state: "paused", reselect: "files", partner: "Person 2" });
      expect(again.messages).toContainEqual({ type: "unfinished", count: 1 });
      let sent = 0;
      connect([again, receiver], (size) => {
        sent += size;
        return true;
      });
      await receiver.until(({ state, paused }) => state === "paused" && paused.there);
      // It cannot go on without the file.
      again.post({ type: "control", action: "resume", transfer: key(id) });
      const changed = BYTES.slice();
      changed[5] = 1 + (changed[5] ?? 0);
      for (const wrong of [
        [file("a", changed)],
        [file("b", BYTES)],
        [file("a", BYTES.slice(1))],
        [{ path: "a", file: new File([BYTES], "a", { lastModified: 1_700_000_000_001 }) }],
      ])
        expect(await reselect(again, id, wrong)).toMatchObject({ ok: false, code: "changed" });
      expect(again.view.reselect).toBe("files");
      expect(sent).toBeLessThan(100_000);
      expect(await reselect(again, id, [file("a", BYTES)])).toEqual({ ok: true });
      await receiver.until(({ state }) => state === "done");
      await again.until(({ state }) => state === "done");
      expect(again.view.reselect).toBeUndefined();
      expect(sent).toBeLessThan(9_000_000);
      expectSame(await bytesOf((await receiver.download()).content), BYTES);
      // Nothing of it is left for another page.
      await vi.waitFor(async () => expect(await again.sent.list()).toEqual([]));
    });

    it("asks for each folder and file that was selected, also before the partner is there", async () => {
      const folder = [{ path: "여행", file: null }, file("여행/a", BYTES)];
      const { id, again, receiver } = await reloaded([...folder, file("b", content(9))]);
      expect(again.view.reselect).toBe("folder");
      expect(await reselect(again, id, folder)).toEqual({ ok: true });
      await again.until(({ reselect }) => reselect === "files");
      expect(await reselect(again, id, [file("b", content(9)), file("other", content(3))])).toEqual({
        ok: true,
      });
      await again.until(({ state }) => state === "waiting");
      connect([again, receiver]);
      await receiver.until(({ state }) => state === "done");
      expect(receiver.view).toMatchObject({ filesFailed: 0, filesDone: 2 });
    });

    it("needs a permission only where the browser has handles, and the files if those do not help", async () => {
      const handle = { kind: "file", name: "a" } as FileSystemHandle;
      const { id, again, receiver } = await reloaded([{ ...file("a", BYTES), handle }]);
      expect(again.view.reselect).toBe("permission");
      expect(await again.request((request) => ({ type: "handles", request, transfer: key(id) }))).toEqual({
        ok: true,
        handles: [handle],
      });
      connect([again, receiver]);
      // They are gone.
      expect(await reselect(again, id, [])).toMatchObject({ ok: false });
      await again.until(({ reselect }) => reselect === "files");
      expect(await reselect(again, id, [file("a", BYTES)])).toEqual({ ok: true });
      await receiver.until(({ state }) => state === "done");
    });

    it("says that a file is gone which is not in the folder any more", async () => {
      const folder = [{ path: "여행", file: null }, file("여행/a", BYTES), file("여행/b", content(9))];
      const { id, again, receiver } = await reloaded(folder);
      connect([again, receiver]);
      expect(await reselect(again, id, folder.slice(0, 2))).toEqual({ ok: true });
      await receiver.until(({ state }) => state === "done");
      expect(receiver.view).toMatchObject({ filesFailed: 1, filesDone: 1, code: "missing" });
    });

    it("can be cancelled without its files", async () => {
      const { id, again, receiver } = await reloaded([file("a", BYTES)]);
      connect([again, receiver]);
      await receiver.until(({ state }) => state === "paused");
      again.post({ type: "control", action: "cancel", transfer: key(id) });
      await receiver.until(({ state }) => state === "cancelled");
      await vi.waitFor(async () => expect(await again.sent.list()).toEqual([]));
    });

    it("is not there once it was removed, or of what nobody accepted", async () => {
      const [sender, receiver] = sides;
      connect(sides);
      await offer(sender, receiver, [file("a", content(9))]);
      sender.post({ type: "unlink", link: "2" });
      expect((await sender.reload(3)).views.size).toBe(0);
    });
  });

  it("has many small files, of which more than one record of the journal fits between two checkpoints", async () => {
    const [sender, receiver] = sides;
    connect(sides);
    const selection = Array.from({ length: 5_000 }, (_, number) =>
      file(`many/${number}`, content(number % 50)),
    );
    const id = await offer(sender, receiver, [{ path: "many", file: null }, ...selection]);
    await receiver.accept(id);
    await receiver.until(({ state }) => state === "done");
    expect(receiver.view).toMatchObject({ filesDone: 5_000, filesFailed: 0 });
    const reloaded = await receiver.reload(3);
    expect(reloaded.view).toMatchObject({ state: "done", canOpen: true, filesDone: 5_000 });
    const key = { id, direction: "receive" as const };
    const answer = await reloaded.request((request) => ({ type: "save", request, transfer: key }));
    if (!answer.ok || !answer.download) throw new Error("nothing to save");
    const archive = Buffer.from(await bytesOf(answer.download.content));
    expect(archive.includes(Buffer.from(content(49)))).toBe(true);
    expect(archive.includes("many/4999")).toBe(true);
  });

  it("lists a bounded number of offers that were withdrawn", async () => {
    const [sender, receiver] = sides;
    connect(sides);
    // As many at once as may be without an answer.
    for (let batch = 0; batch < 14; batch += 1) {
      receiver.views.clear();
      sender.views.clear();
      for (let number = 0; number < 8; number += 1)
        sender.post({ type: "offer", selection: [file(`${number}`, content(1))], skipped: 0, to: ["2"] });
      const states = () => [...receiver.views.values()].map(({ state }) => state);
      await vi.waitFor(() => expect(states().filter((state) => state === "offered")).toHaveLength(8));
      for (const id of sender.views.keys())
        sender.post({ type: "control", action: "cancel", transfer: { id, direction: "send" } });
      await vi.waitFor(() => expect(states().filter((state) => state === "cancelled")).toHaveLength(8));
    }
    receiver.views.clear();
    receiver.post({ type: "subscribe" });
    await vi.waitFor(() => expect(receiver.views.size).toBe(100));
  });

  it("pauses while the disk is full, and goes on when it is not", async () => {
    const [sender, receiver] = sides;
    connect(sides);
    const bytes = content(6_000_000);
    const id = await offer(sender, receiver, [file("a", bytes)]);
    await receiver.accept(id);
    receiver.disk.free = 3_000_000;
    await receiver.until(({ paused }) => paused.problem === "disk-full");
    await sender.until(({ paused }) => paused.problem === "disk-full");
    receiver.disk.free = Number.POSITIVE_INFINITY;
    receiver.post({ type: "control", action: "resume", transfer: { id, direction: "receive" } });
    await receiver.until(({ state }) => state === "done");
    expectSame(await bytesOf((await receiver.download()).content), bytes);
  });

  it("refuses what there is no room for, and the offer stays", async () => {
    const [sender, receiver] = sides;
    connect(sides);
    // Either may be the one whose disk the process has just now.
    for (const { disk } of sides) disk.free = 1_000_000;
    const id = await offer(sender, receiver, [file("a", content(2_000_000))]);
    // Said before it is accepted.
    await receiver.until(({ code }) => code === "too-large");
    expect(await receiver.accept(id)).toMatchObject({ ok: false, code: "too-large" });
    expect(receiver.view.state).toBe("offered");
    // A folder of the person may have room.
    expect(await receiver.accept(id, new FakeDisk())).toEqual({ ok: true });
    await receiver.until(({ state, code }) => state === "done" && code === null);
  });

  it("tells which files changed, and sends only those again", async () => {
    const [sender, receiver] = sides;
    connect(sides);
    const changed = new File([content(10)], "b");
    vi.spyOn(changed, "slice").mockReturnValue({
      arrayBuffer: () => Promise.reject(new DOMException("changed", "NotReadableError")),
    } as Blob);
    const id = await offer(sender, receiver, [file("a", content(10)), { path: "b", file: changed }]);
    await receiver.accept(id);
    const done = await sender.until(({ state }) => state === "done");
    expect(done).toMatchObject({ code: "changed", filesFailed: 1, filesDone: 1, canRetry: true });
    vi.mocked(changed.slice).mockRestore();
    // The last that is reported of it.
    await receiver.until(({ canOpen }) => canOpen);
    receiver.views.clear();
    sender.post({ type: "control", action: "retry", transfer: { id, direction: "send" } });
    const again = await receiver.until(({ state }) => state === "offered");
    expect(again.names.map(({ name }) => name)).toEqual(["b"]);
    await sender.until((view) => view.id === id && !view.canRetry);
  });

  it("is kept in memory where the browser has no file system", async () => {
    const [sender, receiver] = sides;
    vi.stubGlobal("FileSystemFileHandle", class {});
    connect(sides);
    const bytes = content(2_500_000);
    const id = await offer(sender, receiver, [file("a", bytes)]);
    await receiver.accept(id);
    expectSame(await bytesOf((await receiver.download()).content), bytes);
    expect([...receiver.disk.root.list().keys()]).toEqual(["maru-transfers/"]);
  });

  it("is no matter of memory where downloads can be streamed, however small", async () => {
    const [sender, receiver] = sides;
    vi.stubGlobal("FileSystemFileHandle", class {});
    connect(sides);
    const bytes = content(10);
    const id = await offer(sender, receiver, [file("a", bytes)]);
    expect(await receiver.accept(id, null, "possible")).toMatchObject({ ok: false, code: "too-large" });
    expect(receiver.view.state).toBe("offered");
    await receiver.accept(id, null, "prepared");
    expectSame(await (await receiver.stream()).readAll(), bytes);
    await receiver.until(({ state }) => state === "done");
  });

  describe("streamed to a download, without room", () => {
    const BYTES = content(40 * 1_048_576 + 5);

    async function streamed(...selection: SelectedFile[]) {
      const [sender, receiver] = sides;
      receiver.disk.free = 1_000_000;
      receiver.post({ type: "streams" });
      connect(sides);
      const id = await offer(sender, receiver, selection);
      expect(receiver.view.code).toBeNull();
      expect(await receiver.accept(id, null, "possible")).toMatchObject({ ok: false, code: "too-large" });
      expect(await receiver.accept(id, null, "prepared")).toMatchObject({ ok: true });
      return { id, sender, receiver, content: await receiver.stream() };
    }

    it("has a file as it was, and is done once the browser has all of it", async () => {
      const { sender, receiver, content } = await streamed(file("a", BYTES));
      expect(content.name).toBe("a");
      // More than is taken without being read.
      await receiver.until(({ transferred }) => transferred > 16 << 20);
      expect(receiver.view.transferred).toBeLessThan(BYTES.length);
      expectSame(await content.readAll(), BYTES);
      const done = await receiver.until(({ state }) => state === "done");
      expect(done).toMatchObject({ canOpen: false, filesDone: 1, code: null });
      await sender.until(({ state }) => state === "done");
      expect(receiver.messages.some(({ type }) => type === "download")).toBe(false);
    });

    it("goes on over another connection, from what it has", async () => {
      const { sender, receiver, content } = await streamed(file("a", BYTES));
      const first = await content.read();
      sender.post({ type: "unlink", link: "2" });
      receiver.post({ type: "unlink", link: "1" });
      await receiver.until(({ state }) => state === "waiting");
      let sent = 0;
      connect(sides, (bytes) => {
        sent += bytes;
        return true;
      });
      expectSame(Buffer.concat([first ?? Buffer.of(), await content.readAll()]), BYTES);
      await sender.until(({ state }) => state === "done");
      expect(sent).toBeLessThan(BYTES.length);
    });

    it("is cancelled with the download", async () => {
      const { sender, receiver, content } = await streamed(file("a", BYTES));
      content.cancel();
      await receiver.until(({ state }) => state === "cancelled");
      await sender.until(({ state }) => state === "cancelled");
    });

    it("fails with the transfer, also while the browser reads nothing", async () => {
      const { id, sender, receiver, content } = await streamed(file("a", BYTES));
      await content.read();
      await receiver.until(({ transferred }) => transferred > 16 << 20);
      sender.post({ type: "control", action: "cancel", transfer: { id, direction: "send" } });
      await receiver.until(({ state }) => state === "cancelled");
      await expect(content.readAll()).rejects.toThrow("aborted");
    });

    it("fails where a file of the archive does of which it has a part", async () => {
      const changing = new File([BYTES], "b", { lastModified: 1_700_000_000_000 });
      const { sender, receiver, content } = await streamed(file("a", BYTES.slice(0, 9)), {
        path: "b",
        file: changing,
      });
      expect(content.name).toBe("maru.zip");
      await receiver.until(({ transferred }) => transferred > 16 << 20);
      vi.spyOn(changing, "slice").mockImplementation(() => {
        throw new DOMException("changed", "NotReadableError");
      });
      await expect(content.readAll()).rejects.toThrow("aborted");
      await receiver.until(({ state }) => state === "failed");
      await sender.until(({ state }) => state !== "active");
    });
  });

  it("follows a person whose participant ID changed", async () => {
    const [sender, receiver] = sides;
    connect(sides);
    const id = await offer(sender, receiver, [file("a", content(10))]);
    const identity = { participant: uuid(7), incarnation: uuid(8) };
    sender.post({ type: "identity", identity });
    await vi.waitFor(() =>
      expect(receiver.messages).toContainEqual({ type: "hello", link: "1", ...identity }),
    );
    receiver.post({ type: "link", link: "1", participant: null, name: "" });
    await receiver.until(({ participant }) => participant === null);
    receiver.post({ type: "link", link: "1", participant: uuid(7), name: "Minji" });
    await receiver.until(({ participant }) => participant === uuid(7));
    expect(receiver.view).toMatchObject({ id, partner: "Person 1", state: "offered" });
  });
});
