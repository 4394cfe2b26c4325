import { existsSync, readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import type { Entry } from "../endpoint";
import { FakeDisk } from "../testing/fake-file-system";
import { TransferModule } from "../transfer-module";
import { FolderDestination } from "./folder";

const MODULE = new URL("../transfer.wasm", import.meta.url);

const file = (path: string): Entry => ({ path, size: 1, modified: [0, 0] });
const bytes = (value: number) => new Uint8Array([value]);

describe.skipIf(!existsSync(MODULE))("a folder of the person", () => {
  let module: TransferModule;
  beforeAll(async () => {
    module = new TransferModule((await WebAssembly.instantiate(readFileSync(MODULE))).instance);
  });

  const destination = (disk: FakeDisk) =>
    new FolderDestination(disk.root as unknown as FileSystemDirectoryHandle, module);
  const receive = async (to: FolderDestination, value: number) => {
    for (const entry of to.entries.keys()) {
      await to.write(entry, 0, bytes(value), 0);
      await to.finish(entry, null);
    }
    to.conclude();
  };
  const contentOf = (disk: FakeDisk) =>
    Object.fromEntries([...disk.root.list()].map(([path, content]) => [path, content?.[0] ?? null]));

  it("gets everything of two people who send the same names at once", async () => {
    const disk = new FakeDisk();
    const [one, other] = [destination(disk), destination(disk)];
    await Promise.all(
      [one, other].map((to) => to.store(0, [file("report.pdf"), file("photos/sea.jpg")], true)),
    );
    await Promise.all([receive(one, 1), receive(other, 2)]);
    const content = contentOf(disk);
    expect(Object.keys(content).sort()).toEqual([
      "photos (2)/",
      "photos (2)/sea.jpg",
      "photos/",
      "photos/sea.jpg",
      "report (2).pdf",
      "report.pdf",
    ]);
    expect(new Set([content["report.pdf"], content["report (2).pdf"]])).toEqual(new Set([1, 2]));
  });

  it("takes two spellings for one name, as its file system may", async () => {
    const disk = new FakeDisk();
    const [one, other] = [destination(disk), destination(disk)];
    await one.store(0, [file("Report.pdf")], true);
    await other.store(0, [file("report.pdf")], true);
    expect(other.entries[0]?.place).toEqual(["report (2).pdf"]);
    await one.discard();
    await other.discard();
  });

  it("keeps what another program made after the names were given", async () => {
    const disk = new FakeDisk();
    const to = destination(disk);
    await to.store(0, [file("report.pdf")], true);
    const theirs = await disk.root.getFileHandle("report.pdf", { create: true });
    theirs.file.bytes = bytes(9);
    await receive(to, 1);
    expect(contentOf(disk)).toEqual({ "report.pdf": 9, "report (2).pdf": 1 });
  });

  it("has the names again once a transfer is over or cancelled", async () => {
    const disk = new FakeDisk();
    const cancelled = destination(disk);
    await cancelled.store(0, [file("photos/sea.jpg")], true);
    await cancelled.discard();
    expect(contentOf(disk)).toEqual({});
    const next = destination(disk);
    await next.store(0, [file("photos/sea.jpg")], true);
    expect(next.entries[0]?.place).toEqual(["photos", "sea.jpg"]);
    await next.discard();
  });
});
