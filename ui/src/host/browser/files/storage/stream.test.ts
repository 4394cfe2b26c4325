import { existsSync, readFileSync } from "node:fs";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Entry } from "../endpoint";
import { TransferModule } from "../transfer-module";
import { StreamDestination, type StreamedDownload } from "./stream";

const MODULE = new URL("../transfer.wasm", import.meta.url);
const GROUP = 1 << 20;
const entry = (path: string, size: number): Entry => ({ path, size, modified: [1_700_000_000, 0] });
const filled = (bytes: number, value: number) => new Uint8Array(bytes).fill(value);

/** `toEqual` takes minutes for millions of numbers. */
function expectSame(actual: unknown, expected: Uint8Array): void {
  expect(actual).toBeInstanceOf(Uint8Array);
  expect(Buffer.compare(actual as Uint8Array, expected)).toBe(0);
}

describe.skipIf(!existsSync(MODULE))("a download that is streamed", () => {
  let module: TransferModule;
  let download: StreamedDownload | null;
  let reader: ReadableStreamDefaultReader<Uint8Array>;
  const lost = vi.fn();

  beforeEach(async () => {
    module = new TransferModule((await WebAssembly.instantiate(readFileSync(MODULE))).instance);
    download = null;
    lost.mockClear();
  });

  function start(entries: Entry[]): StreamDestination {
    const begin = (begun: StreamedDownload) => {
      download = begun;
      reader = begun.content.getReader();
    };
    const destination = new StreamDestination(module, entries.length === 1, { begin, lost });
    destination.store(0, entries, true);
    return destination;
  }

  /** What is read next, if it is there: nothing passes that was not asked for. */
  async function readNow(): Promise<Uint8Array | "waits" | "end"> {
    const read = reader.read();
    const outcome = await Promise.race([
      read,
      new Promise<null>((resolve) => setTimeout(() => resolve(null), 20)),
    ]);
    if (outcome === null) {
      pending = read;
      return "waits";
    }
    return outcome.done ? "end" : outcome.value;
  }
  let pending: Promise<ReadableStreamReadResult<Uint8Array>>;

  it("passes on verified content only, in its order", async () => {
    const destination = start([entry("a:b.bin", 2 * GROUP + 5)]);
    expect(download).toMatchObject({ name: "a_b.bin", size: 2 * GROUP + 5 });
    await destination.write(0, GROUP, filled(GROUP, 2), 0);
    destination.verified(0, 1, "00".repeat(32));
    await destination.write(0, 0, filled(GROUP, 1), 0);
    expect(await readNow()).toBe("waits");
    destination.verified(0, 0, "00".repeat(32));
    expectSame((await pending).value, filled(GROUP, 1));
    expectSame(await readNow(), filled(GROUP, 2));
    await destination.write(0, 2 * GROUP, filled(5, 3), 0);
    expect(await readNow()).toBe("waits");
    destination.finish(0, null);
    expectSame((await pending).value, filled(5, 3));
    const concluded = destination.conclude();
    expect(await readNow()).toBe("end");
    await concluded;
  });

  it("is complete only once everything was read", async () => {
    const destination = start([entry("a", 5)]);
    await destination.write(0, 0, filled(5, 1), 0);
    destination.finish(0, null);
    let concluded = false;
    const conclusion = destination.conclude().then(() => {
      concluded = true;
    });
    expectSame(await readNow(), filled(5, 1));
    expect(concluded).toBe(false);
    expect(await readNow()).toBe("end");
    await conclusion;
  });

  it("takes no more than a little that the download does not take", async () => {
    const destination = start([entry("a", 100 * GROUP)]);
    let written = 0;
    const all = (async () => {
      for (let group = 0; group < 100; group += 1) {
        await destination.write(0, group * GROUP, filled(GROUP, group), 0);
        destination.verified(0, group, "00".repeat(32));
        written += 1;
      }
    })();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(written).toBe(17);
    for (let group = 0; group < 100; group += 1) expectSame(await readNow(), filled(GROUP, group));
    await all;
  });

  it("takes what its next content waits for, however much has arrived before that", async () => {
    const destination = start([entry("a", 100 * GROUP)]);
    for (let group = 1; group < 60; group += 1) {
      await destination.write(0, group * GROUP, filled(GROUP, group), 0);
      destination.verified(0, group, "00".repeat(32));
    }
    await destination.write(0, 0, filled(GROUP, 0), 0);
    destination.verified(0, 0, "00".repeat(32));
    for (let group = 0; group < 60; group += 1) expectSame(await readNow(), filled(GROUP, group));
  });

  it("has the zeros of a hole, also of one longer than any memory", async () => {
    const destination = start([entry("a", 2 ** 45)]);
    await destination.write(0, 0, filled(GROUP, 7), 0);
    await destination.write(0, GROUP - 3, new Uint8Array(), 2 ** 45 - GROUP + 3);
    destination.finish(0, null);
    const first = filled(GROUP, 7);
    first.fill(0, GROUP - 3);
    expectSame(await readNow(), first);
    expectSame(await readNow(), filled(GROUP, 0));
  });

  it("is an archive of several files, without those that failed", async () => {
    const folder = { path: "여행", folder: true, modified: [1_700_000_000, 0] as [number, number] };
    const destination = start([folder, entry("여행/a", 3), entry("여행/b", 4), entry("여행/빈 파일", 0)]);
    expect(download).toMatchObject({ name: "여행.zip", size: null });
    destination.finish(0, null);
    // Not in their order.
    await destination.write(2, 0, filled(4, 0x62), 0);
    destination.finish(2, null);
    destination.finish(3, null);
    const read = readAll();
    await new Promise((resolve) => setTimeout(resolve, 20));
    destination.fail(1, "changed");
    const zip = await read;
    await destination.conclude();
    const end = zip.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]));
    expect(zip.readUInt16LE(end + 10)).toBe(3);
    expect(zip.includes("bbbb")).toBe(true);
    expect(zip.includes("여행/빈 파일")).toBe(true);
    expect(zip.includes("여행/a")).toBe(false);
  });

  /** Reads to the end. */
  async function readAll(): Promise<Buffer> {
    const chunks: Uint8Array[] = [];
    for (let next = await reader.read(); !next.done; next = await reader.read()) chunks.push(next.value);
    return Buffer.concat(chunks);
  }

  it("is lost if a file fails of which the archive has a part, which no other loses it for", async () => {
    const destination = start([entry("a", 1), entry("b", 3 * GROUP), entry("c", 1)]);
    const read = readAll();
    destination.fail(0, "changed");
    destination.fail(2, "unreadable");
    await destination.write(1, 0, filled(GROUP, 1), 0);
    destination.verified(1, 0, "00".repeat(32));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(lost).not.toHaveBeenCalled();
    destination.fail(1, "corrupt");
    expect(lost.mock.calls).toEqual([["corrupt"]]);
    await expect(read).rejects.toThrow();
    await expect(destination.conclude()).rejects.toThrow();
  });

  it("fails with its only file, and the transfer ends by itself", async () => {
    const destination = start([entry("a", 2 * GROUP)]);
    const read = readAll();
    await destination.write(0, 0, filled(GROUP, 1), 0);
    destination.verified(0, 0, "00".repeat(32));
    destination.fail(0, "changed");
    await expect(read).rejects.toThrow();
    await destination.conclude();
    expect(lost).not.toHaveBeenCalled();
  });

  it("holds no more than a limit of what arrives without what is next", async () => {
    const destination = start([entry("a", 1_000 * GROUP)]);
    let group = 1;
    const write = async () => {
      for (; group < 1_000; group += 1) {
        await destination.write(0, group * GROUP, filled(GROUP, 1), 0);
        destination.verified(0, group, "00".repeat(32));
      }
    };
    await expect(write()).rejects.toMatchObject({ code: "unwritable" });
    expect(group).toBe(129);
    expect(lost.mock.calls).toEqual([["limit"]]);
    await expect(readAll()).rejects.toThrow();
  });

  it("gives up what waits for the download when it is discarded", async () => {
    const destination = start([entry("a", 100 * GROUP)]);
    const write = async () => {
      for (let group = 0; group < 100; group += 1) {
        await destination.write(0, group * GROUP, filled(GROUP, 1), 0);
        destination.verified(0, group, "00".repeat(32));
      }
    };
    const written = expect(write()).rejects.toMatchObject({ code: "unwritable" });
    expect(await readNow()).toBeInstanceOf(Uint8Array);
    await destination.discard();
    await written;
    await expect(readAll()).rejects.toThrow();
  });

  it("breaks if it cannot go on: it fails, and so does every request", async () => {
    const destination = start([entry("a", 2 * GROUP)]);
    await destination.write(0, 0, filled(GROUP, 1), 0);
    destination.verified(0, 0, "00".repeat(32));
    expectSame(await readNow(), filled(GROUP, 1));
    const rest = reader.read();
    const conclusion = destination.conclude();
    await destination.discard();
    await expect(rest).rejects.toThrow();
    await expect(conclusion).rejects.toThrow();
    await expect(destination.write(0, GROUP, filled(GROUP, 1), 0)).rejects.toMatchObject({
      code: "unwritable",
    });
    expect(() => destination.restored()).toThrow();
  });
});
