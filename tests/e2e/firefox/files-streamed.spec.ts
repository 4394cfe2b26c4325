import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { mergeTests } from "@playwright/test";
import { expect, test as filesTest } from "../fixtures/file-transfer-test";
import { hashOf, makeFile } from "../fixtures/file-transfers";
import { useFirefox } from "../fixtures/firefox";
import { makeSample } from "../fixtures/sample-folder";
import { expectArchiveOf, expectDownloadWorkerOnly, STREAMED_BYTES } from "../fixtures/streamed-downloads";
import { test as firefoxTest } from "./test";

const test = mergeTests(filesTest, firefoxTest).extend<{ downloads: string }>({
  /** A download is there, while it is made and when it is complete. */
  // biome-ignore lint/correctness/noEmptyPattern: Playwright finds a fixture's dependencies by destructuring.
  downloads: async ({}, use, testInfo) => {
    const folder = testInfo.outputPath("downloads");
    await mkdir(folder, { recursive: true });
    await use(folder);
  },

  /** Has little room. */
  firefox: ({ downloads }, use, testInfo) =>
    useFirefox(use, testInfo, {
      downloadsPath: downloads,
      // A site has a fifth of it, in KiB.
      firefoxUserPrefs: { "dom.quotaManager.temporaryStorage.fixedLimit": 10 << 10 },
    }),
});

test("Firefox streams a file for which it has no room to a download", async ({
  pair,
  firefox,
  downloads,
}, testInfo) => {
  const [sender, receiver] = await pair({}, { browser: firefox });
  const path = await makeFile(testInfo.outputPath("바다 '사진'.bin"), STREAMED_BYTES);
  await sender.send(path);
  await receiver.accept();
  await receiver.expectState("done");
  await sender.expectState("done");
  await expect.poll(() => readdir(downloads)).toEqual(["바다 '사진'.bin"]);
  expect(await hashOf(join(downloads, "바다 '사진'.bin"))).toBe(await hashOf(path));
  // Nothing is kept.
  expect(await receiver.stored()).toEqual([]);
  await expectDownloadWorkerOnly(receiver.person.page);
});

test("Firefox streams a folder for which it has no room as an archive", async ({
  pair,
  firefox,
  downloads,
}, testInfo) => {
  const [sender, receiver] = await pair({}, { browser: firefox });
  const folder = testInfo.outputPath("여행");
  const sample = await makeSample(folder);
  await sender.drop([folder]);
  await receiver.accept();
  await receiver.expectState("done");
  await expect.poll(() => readdir(downloads)).toEqual(["여행.zip"]);
  await expectArchiveOf(sample, join(downloads, "여행.zip"));
  await sender.expectState("done");
});

for (const who of ["sender", "receiver"] as const) {
  test(`a streamed download of Firefox fails when its ${who} cancels the transfer`, async ({
    pair,
    firefox,
  }, testInfo) => {
    const [sender, receiver] = await pair({}, { browser: firefox });
    await sender.send(await makeFile(testInfo.outputPath("a.bin"), STREAMED_BYTES));
    const begun = receiver.person.page.waitForEvent("download");
    await receiver.accept();
    await receiver.reach(5, "pause");
    const download = await begun;
    await (who === "sender" ? sender : receiver).cancel();
    await sender.expectState("cancelled");
    await receiver.expectState("cancelled");
    expect(await download.failure()).not.toBeNull();
    // Firefox says in the console of the page that it failed.
    const { problems } = receiver.person;
    await expect.poll(() => problems).toEqual([expect.stringContaining("A ServiceWorker intercepted")]);
    problems.splice(0);
  });
}
