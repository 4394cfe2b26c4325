import { join } from "node:path";
import { quotaLaunchOptions } from "../fixtures/chromium";
import { expect, test as filesTest } from "../fixtures/file-transfer-test";
import type { FileTransfers } from "../fixtures/file-transfers";
import { hashOf, makeFile, saveAs } from "../fixtures/file-transfers";
import { makeSample } from "../fixtures/sample-folder";
import { expectArchiveOf, expectDownloadWorkerOnly, STREAMED_BYTES } from "../fixtures/streamed-downloads";

/** As in browsers of Chromium's engine that do not have the File System Access API. */
function withoutFolders(): void {
  Reflect.deleteProperty(globalThis, "showDirectoryPicker");
}

const test = filesTest.extend<{
  /** The receiver's browser has little room, and lets nobody choose a folder. */
  pairWithLittleRoom: () => Promise<[FileTransfers, FileTransfers]>;
}>({
  pairWithLittleRoom: ({ pair, server }, use) =>
    use(async () => {
      const [sender, receiver] = await pair({}, { prepare: withoutFolders });
      const { page, context } = receiver.person;
      const session = await context.newCDPSession(page);
      await session.send("Storage.overrideQuotaForOrigin", { origin: server.origin, quotaSize: 2_000_000 });
      return [sender, receiver];
    }),
});

test.use({ launchOptions: quotaLaunchOptions() });

test("a file for which there is no room is streamed to a download", async ({
  pairWithLittleRoom,
}, testInfo) => {
  const [sender, receiver] = await pairWithLittleRoom();
  const path = await makeFile(testInfo.outputPath("바다 '사진'.bin"), STREAMED_BYTES);
  await sender.send(path);
  const begun = receiver.person.page.waitForEvent("download");
  await receiver.accept();
  const download = await begun;
  expect(download.suggestedFilename()).toBe("바다 '사진'.bin");
  expect(await hashOf(await saveAs(download, testInfo.outputPath()))).toBe(await hashOf(path));
  await receiver.expectState("done");
  await sender.expectState("done");
  // Nothing is kept.
  expect(await receiver.stored()).toEqual([]);
  await expectDownloadWorkerOnly(receiver.person.page);
});

test("a folder for which there is no room is streamed as an archive", async ({
  pairWithLittleRoom,
}, testInfo) => {
  const [sender, receiver] = await pairWithLittleRoom();
  const folder = testInfo.outputPath("여행");
  const sample = await makeSample(folder);
  await sender.drop([folder]);
  const begun = receiver.person.page.waitForEvent("download");
  await receiver.accept();
  const download = await begun;
  expect(download.suggestedFilename()).toBe("여행.zip");
  await expectArchiveOf(sample, await saveAs(download, testInfo.outputPath("saved")));
  await receiver.expectState("done");
  await sender.expectState("done");
});

test("a file waits in the browser where there is room, without a service worker", async ({
  pair,
}, testInfo) => {
  const [sender, receiver] = await pair({}, { prepare: withoutFolders });
  await sender.send(await makeFile(testInfo.outputPath("a.bin"), 1_000_000));
  await receiver.accept();
  await receiver.expectState("done");
  expect(await receiver.stored()).toHaveLength(1);
  const { page } = receiver.person;
  expect(await page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length)).toBe(0);
});

for (const who of ["sender", "receiver"] as const) {
  test(`a streamed download fails when its ${who} cancels the transfer`, async ({
    pairWithLittleRoom,
  }, testInfo) => {
    const [sender, receiver] = await pairWithLittleRoom();
    await sender.send(await makeFile(testInfo.outputPath("a.bin"), STREAMED_BYTES));
    const begun = receiver.person.page.waitForEvent("download");
    await receiver.accept();
    const download = await begun;
    await receiver.reach(5, "pause");
    await (who === "sender" ? sender : receiver).cancel();
    await sender.expectState("cancelled");
    await receiver.expectState("cancelled");
    expect(await download.failure()).not.toBeNull();
  });
}

test("a transfer is cancelled with its download", async ({ pairWithLittleRoom }, testInfo) => {
  const [sender, receiver] = await pairWithLittleRoom();
  await sender.send(await makeFile(testInfo.outputPath("a.bin"), STREAMED_BYTES));
  const begun = receiver.person.page.waitForEvent("download");
  await receiver.accept();
  const download = await begun;
  await receiver.reach(5);
  await download.cancel();
  await receiver.expectState("cancelled");
  await sender.expectState("cancelled");
});

test("a transfer is cancelled if the browser ends the service worker of its download", async ({
  pairWithLittleRoom,
}, testInfo) => {
  const [sender, receiver] = await pairWithLittleRoom();
  await sender.send(await makeFile(testInfo.outputPath("a.bin"), STREAMED_BYTES));
  await receiver.accept();
  await receiver.reach(5, "pause");
  const { page, context } = receiver.person;
  const session = await context.newCDPSession(page);
  await session.send("ServiceWorker.enable");
  await session.send("ServiceWorker.stopAllWorkers");
  await receiver.expectState("cancelled");
  await sender.expectState("cancelled");
});

test("a page that streams a download asks before it is closed", async ({ pairWithLittleRoom }, testInfo) => {
  const [sender, receiver] = await pairWithLittleRoom();
  const path = await makeFile(join(testInfo.outputPath(), "a.bin"), STREAMED_BYTES);
  await sender.send(path);
  const { page } = receiver.person;
  const begun = page.waitForEvent("download");
  await receiver.accept();
  await receiver.reach(5, "pause");
  const asked = page.waitForEvent("dialog");
  await page.close({ runBeforeUnload: true });
  const dialog = await asked;
  expect(dialog.type()).toBe("beforeunload");
  await dialog.dismiss();
  await receiver.press("resume");
  expect(await hashOf(await saveAs(await begun, testInfo.outputPath()))).toBe(await hashOf(path));
});
