import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { FileTransfers, hashOf, makeFile, readZip, saveAs } from "../fixtures/file-transfers";
import type { Person, PersonOptions } from "../fixtures/person";
import { test as base, expect } from "../fixtures/test";

interface Fixtures {
  /** In the room, without devices. */
  join(name: string, options?: Partial<PersonOptions>): Promise<FileTransfers>;
  /** A sender and a receiver who see each other. */
  pair(): Promise<[FileTransfers, FileTransfers]>;
}

const test = base.extend<Fixtures>({
  join: ({ visit }, use) =>
    use(async (name, options) => {
      const person = await visit(name, options);
      await person.join();
      return new FileTransfers(person);
    }),

  pair: ({ join }, use) =>
    use(async () => {
      const [sender, receiver] = [await join("Minji"), await join("Juno")];
      await expectFiles(sender.person, receiver.person);
      return [sender, receiver];
    }),
});

/** Each knows that the other takes part in file transfers. */
async function expectFiles(...people: Person[]): Promise<void> {
  for (const person of people)
    await expect
      .poll(() =>
        person.page.evaluate(() => __maruCall.getState().participants.map(({ files }) => files)),
      )
      .toEqual(people.slice(1).map(() => true));
}

test("a file arrives as it was sent", async ({ pair }, testInfo) => {
  const [sender, receiver] = await pair();
  const path = await makeFile(testInfo.outputPath("바다 사진.bin"), 5_000_017);
  await sender.send(path);
  await receiver.open();
  const [download] = await Promise.all([receiver.person.page.waitForEvent("download"), receiver.accept()]);
  expect(download.suggestedFilename()).toBe("바다 사진.bin");
  expect(await hashOf(await saveAs(download, testInfo.outputPath()))).toBe(await hashOf(path));
  await receiver.expectState("done");
  await sender.expectState("done");
});

test("a folder arrives with its empty folders, as an archive", async ({ pair }, testInfo) => {
  const [sender, receiver] = await pair();
  const folder = testInfo.outputPath("여행");
  const photo = await makeFile(join(folder, "사진", "바다.jpg"), 1_500_000);
  await mkdir(join(folder, "빈 폴더"));
  await writeFile(join(folder, "빈 파일"), "");
  await writeFile(join(folder, "a.txt"), "hello\n");
  // More than a browser lists at once.
  await mkdir(join(folder, "많이"));
  for (let number = 0; number < 120; number += 1)
    await writeFile(join(folder, "많이", `${number}.txt`), String(number));
  await sender.drop([folder]);
  const [download] = await Promise.all([receiver.person.page.waitForEvent("download"), receiver.accept()]);
  expect(download.suggestedFilename()).toBe("여행.zip");
  const entries = await readZip(await saveAs(download, testInfo.outputPath("saved")));
  expect(entries.get("여행/빈 폴더/")).toBe(null);
  expect(entries.get("여행/a.txt")?.toString()).toBe("hello\n");
  expect(entries.get("여행/빈 파일")?.length).toBe(0);
  expect(entries.get("여행/많이/119.txt")?.toString()).toBe("119");
  await writeFile(testInfo.outputPath("photo"), entries.get("여행/사진/바다.jpg") ?? "");
  expect(await hashOf(testInfo.outputPath("photo"))).toBe(await hashOf(photo));
  // Four folders: of them "여행" itself.
  expect(entries.size).toBe(123 + 4);
  await sender.expectState("done");
});
