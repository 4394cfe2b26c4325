import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expectOfferable } from "../fixtures/file-transfer-test";
import { entriesOfZip } from "../fixtures/file-transfers";
import { listTree } from "./file-tree";
import { expect, mixedStep, test } from "./files-mixed-test";

/** Names that a hostile page gives its files, and what they become, on each system. */
const MISLEADING = {
  "CON.txt": "_CON.txt",
  "..\\..\\above.txt": ".._.._above.txt",
  "C:evil.txt": "C_evil.txt",
  "-rf": "_-rf",
  "desktop.ini": "desktop.ini_",
  "photo\u202Egpj.exe": "photogpj.exe",
  "trailing. . ": "trailing",
  "\u200B": "_",
  "a.txt\u0001.exe": "a.txt.exe",
} as const;
/** Paths that no client sends: the whole offer is refused. */
const FORBIDDEN = ["../above.txt", "/tmp/above.txt", "a/../../above.txt", "a//b", "./a", ".."];

test("nothing is overwritten by what a browser sends", async ({ meet }, testInfo) => {
  const { desktop, guest } = await meet();
  await writeFile(join(desktop.downloads, "a.txt"), "mine");
  await mkdir(join(desktop.downloads, "b.txt"));
  const [one, two] = [testInfo.outputPath("a.txt"), testInfo.outputPath("b.txt")];
  await writeFile(one, "theirs");
  await writeFile(two, "theirs");
  await guest.send([one, two]);
  await desktop.accept();
  await desktop.expectState("done");
  expect(await desktop.received()).toEqual(["a (2).txt", "a.txt", "b (2).txt", "b.txt/"]);
  const read = (name: string) => readFile(join(desktop.downloads, name), "utf8");
  expect([await read("a.txt"), await read("a (2).txt"), await read("b (2).txt")]).toEqual([
    "mine",
    "theirs",
    "theirs",
  ]);
});

test("nothing is overwritten in the folder that the person at a browser chose", async ({ meet }) => {
  // The dialog of the browser cannot be used from outside: another folder with the same interface.
  const { desktop, guest } = await meet({
    prepare: `globalThis.showDirectoryPicker = async () => {
      const storage = await navigator.storage.getDirectory();
      return storage.getDirectoryHandle("chosen", { create: true });
    };`,
  });
  const { page, texts } = guest.person;
  await page.evaluate(async () => {
    const storage = await navigator.storage.getDirectory();
    const chosen = await storage.getDirectoryHandle("chosen", { create: true });
    const file = await (await chosen.getFileHandle("a.txt", { create: true })).createWritable();
    await file.write("mine");
    await file.close();
  });
  await mkdir(desktop.path("b"));
  await writeFile(desktop.path("a.txt"), "theirs");
  await writeFile(desktop.path("b/c.txt"), "below");
  await desktop.drop(guest, desktop.path("a.txt"), desktop.path("b"));
  await page.getByRole("button", { name: texts.files.offer.saveElsewhere }).click();
  await guest.expectState("done");
  await desktop.expectState("done");
  const found = await page.evaluate(async () => {
    const contents: Record<string, string> = {};
    const read = async (folder: FileSystemDirectoryHandle, path: string) => {
      const entries = folder as unknown as { values(): AsyncIterable<FileSystemHandle> };
      for await (const entry of entries.values()) {
        if (entry.kind === "directory")
          await read(entry as FileSystemDirectoryHandle, `${path}${entry.name}/`);
        else contents[path + entry.name] = await (await (entry as FileSystemFileHandle).getFile()).text();
      }
    };
    await read(await (await navigator.storage.getDirectory()).getDirectoryHandle("chosen"), "");
    return contents;
  });
  expect(found).toEqual({ "a.txt": "mine", "a (2).txt": "theirs", "b/c.txt": "below" });
});

test("misleading names are changed, and an offer with a path that no client sends is refused as a whole", async ({
  meet,
  join: enter,
}) => {
  const mixed = await meet();
  const { desktop, guest } = mixed;
  const names = Object.keys(MISLEADING);
  const villain = await enter("Villain", { prepare: renaming(names) });
  await expectOfferable(villain, 2);
  const plain = await plainFiles(names.length);
  const states = () => villain.transfer.evaluateAll((cards) => cards.map((card) => card.dataset.state));

  await mixedStep(
    mixed,
    "names that would mislead are changed, in the desktop app and in a browser",
    async () => {
      await villain.send(plain);
      await desktop.accept();
      await guest.accept();
      await desktop.expectState("done");
      await guest.expectState("done");
      const expected = Object.values(MISLEADING).sort();
      expect(await desktop.received()).toEqual(expected);
      await guest.saved();
      const entries = entriesOfZip(await guest.savedContent());
      expect([...entries.keys()].sort()).toEqual(expected);
      for (const [number, name] of Object.values(MISLEADING).entries()) {
        expect(await readFile(join(desktop.downloads, name), "utf8"), name).toBe(`content ${number}`);
        expect(entries.get(name)?.toString(), name).toBe(`content ${number}`);
      }
      await expect.poll(states).toEqual(["done", "done"]);
      await villain.cleanUp();
    },
  );

  await test.step("an offer with a path that no client sends is refused, and the next one is not", async () => {
    const [fine, forbidden] = plain as [string, string];
    const declined: string[] = [];
    for (const path of FORBIDDEN) {
      await villain.person.page.evaluate(`__names = ${JSON.stringify(["fine.txt", path])}`);
      await villain.send([fine, forbidden]);
      declined.push("declined", "declined");
      await expect.poll(states, { message: path }).toEqual(declined);
    }
    await villain.send(fine);
    await desktop.accept();
    await guest.accept();
    await expect.poll(async () => (await states()).sort()).toEqual([...declined, "done", "done"]);
    expect((await guest.saved()).name).toBe("fine.txt");
    expect(await desktop.received()).toEqual(["fine.txt"]);
    const everything = await listTree(desktop.home);
    expect(everything.filter((path) => path.includes("above"))).toEqual([]);
  });
});

/** Files "0", "1" and so on. */
async function plainFiles(count: number): Promise<string[]> {
  const folder = test.info().outputPath("theirs");
  await mkdir(folder);
  const paths = Array.from({ length: count }, (_, number) => join(folder, `${number}`));
  for (const [number, path] of paths.entries()) await writeFile(path, `content ${number}`);
  return paths;
}

/** A page that gives these names to its files "0", "1" and so on, in what it sends: the dialogs of a browser do not. */
function renaming(names: readonly string[]): string {
  return `{
    globalThis.__names = ${JSON.stringify(names)};
    // Its channels stay in the page, where what they send can be changed.
    const post = MessagePort.prototype.postMessage;
    MessagePort.prototype.postMessage = function (message, ...rest) {
      if (message instanceof RTCDataChannel) throw new DOMException("it stays here", "DataCloneError");
      return post.call(this, message, ...rest);
    };
    const send = RTCDataChannel.prototype.send;
    RTCDataChannel.prototype.send = function (data) {
      if (typeof data !== "string") return send.call(this, data);
      const message = JSON.parse(data);
      for (const entry of [...(message.names ?? []), ...(message.entries ?? [])]) {
        entry.path = __names[Number(entry.path)] ?? entry.path;
      }
      return send.call(this, JSON.stringify(message));
    };
  }`;
}
