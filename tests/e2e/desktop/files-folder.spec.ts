import { mkdir, readFile, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { DesktopPerson } from "./desktop-person";
import { hashOf, timeAndSize } from "./file-tree";
import { expect, test } from "./files-test";
import { NativeDialog } from "./native-dialog";

/** What is sent, and the name that it gets. */
const FILES = {
  "a:b.txt": "a_b.txt",
  "con.txt": "_con.txt",
  ".hidden": ".hidden",
  empty: "empty",
  // Decomposed, as macOS writes it.
  ["사진.txt".normalize("NFD")]: "사진.txt",
  "하나/둘/깊은 파일.bin": "하나/둘/깊은 파일.bin",
  "하나/large.bin": "하나/large.bin",
} as const;
const FOLDERS = ["", "하나", "하나/둘", "빈 폴더"];
const MODIFIED = new Date("2001-02-03T04:05:06.789Z");

test("a folder arrives whole, with safe names, and what is there is not sent again", async ({ arrive }) => {
  const [minji, juno] = [await arrive("Minji"), await arrive("Juno")];
  const source = minji.path("Trip 2024");
  await makeFolder(source);

  await minji.openFiles();
  await minji.choose(minji.texts.files.sendFolder);
  await (await NativeDialog.find(minji.app.environment, "Choose a folder to send")).select(source);
  expect(await juno.expectOffer()).toContain("Trip 2024");
  await juno.accept();
  await minji.expectTransfer("done");
  await expectFolder(juno, "Trip 2024", source);
  expect(await juno.received()).toEqual(expectedTree("Trip 2024"));

  // Dropped once more: all is there, and stays as it is.
  const before = await identities(juno, Object.values(FILES));
  await dropAgain(minji, juno, source, 2);
  const files = Object.keys(FILES).length;
  await expectPresent([minji, juno], [files]);
  await expectFolder(juno, "Trip 2024", source);
  expect(await juno.received()).toEqual(expectedTree("Trip 2024"));
  expect(await identities(juno, Object.values(FILES))).toEqual(before);

  // Its receiver has changed a file: it arrives beside that one, in the same folder.
  await writeFile(join(juno.downloads, "Trip 2024/empty"), "no longer");
  await dropAgain(minji, juno, source, 3);
  await expectPresent([minji, juno], [files, files - 1]);
  expect(await readFile(join(juno.downloads, "Trip 2024/empty"), "utf8")).toBe("no longer");
  expect(await readFile(join(juno.downloads, "Trip 2024/empty (2)"), "utf8")).toBe("");
  expect(await juno.received()).toEqual([...expectedTree("Trip 2024"), "Trip 2024/empty (2)"].sort());
  const others = Object.values(FILES).filter((name) => name !== "empty");
  const changed = Object.values(FILES).indexOf("empty");
  expect(await identities(juno, others)).toEqual(before.toSpliced(changed, 1));
});

/** `count`: of transfers then, all of which are done. */
async function dropAgain(
  sender: DesktopPerson,
  receiver: DesktopPerson,
  source: string,
  count: number,
): Promise<void> {
  await sender.drop(receiver, source);
  await receiver.accept();
  await receiver.openFiles();
  for (const person of [sender, receiver]) {
    await expect
      .poll(async () => (await person.transfers()).map(({ state }) => state), { message: person.name })
      .toEqual(Array(count).fill("done"));
  }
}

/** How many files were already there, of the transfers for which the panel says so. */
async function expectPresent(people: DesktopPerson[], counts: number[]): Promise<void> {
  for (const person of people) {
    const expected = counts.map((count) => person.texts.files.present(count));
    const notes = await person.window.evaluate<string[]>(
      `return [...document.querySelectorAll('[data-testid="transfer"] .transfer-note')].map((note) => note.textContent);`,
    );
    expect(notes.toSorted(), person.name).toEqual(expected.toSorted());
  }
}

/** What changes if somebody writes to a file of the received folder, or makes it again. */
function identities(receiver: DesktopPerson, names: string[]): Promise<unknown[]> {
  const identity = async (name: string) => {
    const { ino, ctimeNs } = await stat(join(receiver.downloads, "Trip 2024", name), { bigint: true });
    return { name, ino, ctimeNs };
  };
  return Promise.all(names.map(identity));
}

async function makeFolder(root: string): Promise<void> {
  for (const folder of FOLDERS) await mkdir(join(root, folder));
  for (const name of Object.keys(FILES)) {
    const content = name === "empty" ? "" : name.endsWith("large.bin") ? "0123456789".repeat(300_000) : name;
    await writeFile(join(root, name), content);
  }
  // Those of folders last: what is made in them changes theirs.
  for (const name of [...Object.keys(FILES), ...FOLDERS.toReversed()]) {
    await utimes(join(root, name), MODIFIED, MODIFIED);
  }
}

function expectedTree(name: string): string[] {
  return [
    ...FOLDERS.map((folder) => `${join(name, folder)}/`.replace("//", "/")),
    ...Object.values(FILES).map((file) => join(name, file)),
  ].sort();
}

async function expectFolder(receiver: DesktopPerson, name: string, source: string): Promise<void> {
  for (const [from, to] of Object.entries(FILES)) {
    const [sent, received] = [join(source, from), join(receiver.downloads, name, to)];
    expect(await hashOf(received), to).toBe(await hashOf(sent));
    expect(await timeAndSize(received), to).toEqual(await timeAndSize(sent));
  }
  for (const folder of FOLDERS) {
    const { modified } = await timeAndSize(join(receiver.downloads, name, folder));
    expect(modified, `modification time of ${folder}`).toBe(MODIFIED.getTime());
  }
}
