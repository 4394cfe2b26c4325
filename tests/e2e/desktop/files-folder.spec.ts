import { mkdir, readFile, utimes, writeFile } from "node:fs/promises";
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

test("a folder arrives whole, with safe names, and once more beside itself", async ({ arrive }) => {
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

  // The second one is dropped, while the first one is there and was changed by its receiver.
  await writeFile(join(juno.downloads, "Trip 2024/empty"), "no longer");
  await minji.drop(juno, source);
  await juno.accept();
  await expect
    .poll(async () => (await minji.transfers()).map(({ state }) => state))
    .toEqual(["done", "done"]);
  await expectFolder(juno, "Trip 2024 (2)", source);
  expect(await readFile(join(juno.downloads, "Trip 2024/empty"), "utf8")).toBe("no longer");
  expect(await juno.received()).toEqual(
    [...expectedTree("Trip 2024"), ...expectedTree("Trip 2024 (2)")].sort(),
  );
});

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
