import { describe, expect, it } from "vitest";
import { FakeDisk } from "../testing/fake-file-system";
import type { TransferModule } from "../transfer-module";
import { Journal, type JournalRecord, writeAll } from "./journal";
import type { SyncAccessHandle } from "./types";

/** Checks the sum of the bytes, which is enough for a test. */
const module = {
  hashBytes: (bytes: Uint8Array) =>
    new Uint8Array(32).fill(bytes.reduce((sum, byte) => (sum + byte) & 255, 1)),
} as unknown as TransferModule;

const RECORDS: JournalRecord[] = [
  { type: "paused", paused: true },
  { type: "checkpoint", verified: [[0, 1, "ab"]], finished: [[2, null]], failed: [[3, "changed"]] },
  { type: "concluded" },
];

async function open(disk: FakeDisk): Promise<SyncAccessHandle> {
  disk.closeAll();
  return (await disk.root.getFileHandle("journal", { create: true })).createSyncAccessHandle();
}

async function written(disk: FakeDisk): Promise<Uint8Array> {
  const journal = new Journal(await open(disk), module);
  for (const record of RECORDS) journal.append(record);
  return disk.root.list().get("journal") ?? new Uint8Array();
}

describe("a journal", () => {
  it("has what was appended, in order, also after it was opened again", async () => {
    const disk = new FakeDisk();
    await written(disk);
    const journal = new Journal(await open(disk), module);
    expect(journal.read()).toEqual(RECORDS);
    journal.append({ type: "paused", paused: false });
    expect(new Journal(await open(disk), module).read()).toEqual([
      ...RECORDS,
      { type: "paused", paused: false },
    ]);
  });

  it("ends before a record that was cut at any place, or is damaged", async () => {
    const length = (await written(new FakeDisk())).length;
    for (let cut = 0; cut < length; cut += 1) {
      const disk = new FakeDisk();
      await written(disk);
      (await open(disk)).truncate(cut);
      const records = new Journal(await open(disk), module).read();
      expect(records).toEqual(RECORDS.slice(0, records.length));
      expect(records.length).toBeLessThan(RECORDS.length);
      // What is appended then follows directly.
      const journal = new Journal(await open(disk), module);
      journal.read();
      journal.append({ type: "concluded" });
      expect(new Journal(await open(disk), module).read()).toEqual([...records, { type: "concluded" }]);
    }
    const disk = new FakeDisk();
    await written(disk);
    const handle = await open(disk);
    handle.write(new Uint8Array([0]), { at: length - 3 });
    expect(new Journal(await open(disk), module).read()).toEqual(RECORDS.slice(0, 2));
  });

  it("fails when the disk is full, and keeps what it had", async () => {
    const disk = new FakeDisk();
    const journal = new Journal(await open(disk), module);
    journal.append({ type: "concluded" });
    disk.free = 3;
    expect(() => journal.append({ type: "concluded" })).toThrow("disk-full");
    expect(new Journal(await open(disk), module).read()).toEqual([{ type: "concluded" }]);
  });
});

describe("writing all bytes", () => {
  // What Firefox and Chromium return when there is no room, and what no browser should.
  it.each([0, 2 ** 32 - 8, -8, 11])("takes %d of 10 bytes for a full disk", (count) => {
    const handle = { write: () => count } as unknown as SyncAccessHandle;
    expect(() => writeAll(handle, new Uint8Array(10), 0)).toThrow(
      expect.objectContaining({ code: "disk-full" }),
    );
  });

  it("goes on after a part", () => {
    const written: number[] = [];
    const write = (bytes: Uint8Array, { at }: { at: number }) => {
      written.push(at);
      return Math.min(4, bytes.length);
    };
    writeAll({ write } as unknown as SyncAccessHandle, new Uint8Array(10), 100);
    expect(written).toEqual([100, 104, 108]);
  });
});
