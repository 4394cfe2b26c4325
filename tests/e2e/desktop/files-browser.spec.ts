import { mkdir, readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { entriesOfZip, hashOf, makeFile } from "../fixtures/file-transfers";
import { addTwins, MODIFIED, makeSample, sha256, TWINS } from "../fixtures/sample-folder";
import { listTree, timeAndSize } from "./file-tree";
import { BROWSERS, expect, mixedStep, test } from "./files-mixed-test";

/** Not a multiple of a group of 1 MiB. */
const SIZE = 7_340_033;
const NAME = "바다 사진.bin";

for (const guestKind of BROWSERS) {
  test.describe(() => {
    test.use({ guestKind });

    test(`files and folders go between the desktop app and ${guestKind}`, async ({ meet }, testInfo) => {
      // Long: app and browser start once for all of it.
      test.setTimeout(480_000);
      const mixed = await meet();
      const { desktop, guest } = mixed;

      await mixedStep(mixed, "a file from the desktop app", async () => {
        const path = await makeFile(desktop.path(NAME), SIZE);
        await desktop.drop(guest, path);
        await guest.accept();
        expect(await guest.saved()).toEqual({ name: NAME, hash: await hashOf(path), bytes: SIZE });
        await guest.expectState("done");
        await desktop.openFiles();
        await desktop.expectTransfer("done");
        await expect.poll(() => desktop.records()).toEqual([]);
      });

      await mixedStep(mixed, "a file from the browser", async () => {
        const path = await makeFile(testInfo.outputPath(NAME), SIZE);
        await guest.send(path);
        expect(await desktop.expectOffer()).toContain(NAME);
        await desktop.accept();
        await desktop.openFiles();
        await desktop.expectTransfer("done");
        await guest.expectState("done");
        expect(await desktop.received()).toEqual([NAME]);
        expect(await hashOf(join(desktop.downloads, NAME))).toBe(await hashOf(path));
      });

      await mixedStep(mixed, "many files from the desktop app", async () => {
        const [names, hashes] = await makeMany(desktop.path());
        await desktop.drop(guest, ...names.map((name) => desktop.path(name)));
        await guest.accept();
        const { name } = await guest.saved();
        expect(name).toBe("maru.zip");
        expect(hashesOf(entriesOfZip(await guest.savedContent()))).toEqual(hashes);
        await guest.expectState("done");
        await desktop.expectState("done");
      });

      await mixedStep(mixed, "many files from the browser", async () => {
        const folder = testInfo.outputPath("many");
        await mkdir(folder);
        const [names, hashes] = await makeMany(folder);
        await guest.send(names.map((name) => join(folder, name)));
        await desktop.accept();
        await desktop.openFiles();
        await desktop.expectTransfer("done");
        await guest.expectState("done");
        const received = await listTree(desktop.downloads);
        const found = await Promise.all(
          received.map(async (name) => [name, await hashOf(join(desktop.downloads, name))] as const),
        );
        expect(new Map(found)).toEqual(hashes);
      });

      await mixedStep(mixed, "a folder from the desktop app", async () => {
        const sample = await makeSample(desktop.path("여행"));
        const twins = await addTwins(desktop.path("여행"));
        await desktop.drop(guest, desktop.path("여행"));
        await guest.accept();
        expect((await guest.saved()).name).toBe("여행.zip");
        const entries = entriesOfZip(await guest.savedContent());
        const contents = hashesOf(entries);
        expect(takeTwins(contents)).toEqual(twins);
        expect(contents).toEqual(sample.files);
        const folders = [...entries].filter(([, content]) => content === null).map(([name]) => name);
        expect(folders.sort()).toEqual(sample.folders.map((folder) => `${folder}/`).sort());
        await guest.expectState("done");
        await desktop.openFiles();
        await desktop.expectTransfer("done");
      });

      // The last one: with Firefox it changes what the page knows of files.
      await mixedStep(mixed, "a folder from the browser", async () => {
        const source = testInfo.outputPath("여행");
        const sample = await makeSample(source);
        const twins = await addTwins(source);
        const files = (await listTree(source)).filter((path) => !path.endsWith("/"));
        if (guestKind === "Chromium") await guest.drop([source]);
        else {
          await guest.person.page.evaluate(listAsFolder("여행", files));
          await guest.send(
            files.map((path) => join(source, path)),
            "folder",
          );
        }
        await desktop.accept();
        await desktop.openFiles();
        await desktop.expectTransfer("done");
        await guest.expectState("done");
        // A dialog lists no folder without files.
        const folders = sample.folders.filter(
          (folder) => guestKind === "Chromium" || folder !== sample.empty,
        );
        const received = await listTree(desktop.downloads);
        expect(received.filter((path) => path.endsWith("/"))).toEqual(
          folders.map((path) => `${path}/`).sort(),
        );
        const contents = new Map<string, string>();
        for (const path of received.filter((path) => !path.endsWith("/"))) {
          contents.set(path, sha256(await readFile(join(desktop.downloads, path))));
        }
        expect(takeTwins(contents)).toEqual(twins);
        expect(contents).toEqual(sample.files);
        for (const path of sample.files.keys()) {
          expect((await timeAndSize(join(desktop.downloads, path))).modified, path).toBe(MODIFIED.getTime());
        }
      });
    });
  });
}

/**
 * In Firefox neither a drop nor the dialog for folders can be driven from outside: its dialog for files, whose files then
 * say which folder they are from, as those of the other dialog do. Their names have to be different.
 */
function listAsFolder(folder: string, files: string[]): string {
  const paths = Object.fromEntries(files.map((path) => [basename(path), `${folder}/${path}`]));
  return `{
    const paths = ${JSON.stringify(paths)};
    Object.defineProperty(HTMLInputElement.prototype, "webkitdirectory", { get: () => false, set() {} });
    Object.defineProperty(File.prototype, "webkitRelativePath", { get() { return paths[this.name] ?? ""; } });
  }`;
}

/** Files in a folder that exists: their names, and their hashes by the names that they get. */
async function makeMany(folder: string): Promise<[string[], Map<string, string>]> {
  const hashes = new Map<string, string>();
  const names: string[] = [];
  for (let number = 0; number < 40; number += 1) {
    const name = number % 2 === 0 ? `사진 ${number}.jpg`.normalize("NFD") : `${number}.txt`;
    const content = "0123456789".repeat(number * 997);
    await writeFile(join(folder, name), content);
    names.push(name);
    hashes.set(name.normalize("NFC"), sha256(Buffer.from(content)));
  }
  return [names, hashes];
}

function hashesOf(entries: Map<string, Buffer | null>): Map<string, string> {
  const files = [...entries].filter((entry): entry is [string, Buffer] => entry[1] !== null);
  return new Map(files.map(([name, content]) => [name, sha256(content)]));
}

/** Takes the two files out whose names were the same but for their normalisation; returns their hashes, sorted. */
function takeTwins(contents: Map<string, string>): (string | undefined)[] {
  const taken = TWINS.map((name) => contents.get(`여행/${name}`));
  for (const name of TWINS) contents.delete(`여행/${name}`);
  return taken.sort();
}
