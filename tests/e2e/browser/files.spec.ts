import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, expectFiles, test } from "../fixtures/file-transfer-test";
import { hashOf, makeFile, readZip, saveAs } from "../fixtures/file-transfers";

/** Takes long enough for a person to press something meanwhile. */
const LARGE = 150_000_000;

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

test("an offer is declined", async ({ pair }, testInfo) => {
  const [sender, receiver] = await pair();
  await sender.send(await makeFile(testInfo.outputPath("a.bin"), 1_000));
  await receiver.decline();
  await sender.expectState("declined");
  await receiver.expectState("declined");
});

for (const who of ["sender", "receiver"] as const) {
  test(`a transfer is cancelled by its ${who}`, async ({ pair }, testInfo) => {
    const [sender, receiver] = await pair();
    await sender.send(await makeFile(testInfo.outputPath("a.bin"), LARGE));
    await receiver.accept();
    await receiver.open();
    await expect.poll(() => receiver.progress()).toBeGreaterThan(0);
    await (who === "sender" ? sender : receiver).cancel();
    await sender.expectState("cancelled");
    await receiver.expectState("cancelled");
    // Nothing incomplete is left.
    await expect.poll(() => receiver.stored()).toEqual([]);
  });
}

test("a transfer pauses on either side, and goes on", async ({ pair }, testInfo) => {
  const [sender, receiver] = await pair();
  const path = await makeFile(testInfo.outputPath("a.bin"), LARGE);
  await sender.send(path);
  const saved = receiver.person.page.waitForEvent("download");
  await receiver.accept();
  await receiver.open();
  await expect.poll(() => receiver.progress()).toBeGreaterThan(0);
  for (const [one, other] of [
    [receiver, sender],
    [sender, receiver],
  ] as const) {
    await one.press("pause");
    await other.expectState("paused");
    await one.expectState("paused");
    expect(await other.progress()).toBeLessThan(100);
    await one.press("resume");
    await expect(other.transfer).not.toHaveAttribute("data-state", "paused");
  }
  expect(await hashOf(await saveAs(await saved, testInfo.outputPath()))).toBe(await hashOf(path));
  await sender.expectState("done");
});

test("a transfer goes on after the receiver's page is loaded again", async ({ pair }, testInfo) => {
  const [sender, receiver] = await pair();
  const path = await makeFile(testInfo.outputPath("a.bin"), LARGE);
  await sender.send(path);
  await receiver.accept();
  await receiver.open();
  await expect.poll(() => receiver.progress()).toBeGreaterThan(20);
  // In the middle of it, and so that it is still the middle when the page is back.
  await sender.press("pause");
  await receiver.expectState("paused");
  const before = await receiver.progress();
  await receiver.person.page.reload();
  await receiver.person.join();
  await receiver.open();
  await expect.poll(() => receiver.progress()).toBeGreaterThan(before / 2);
  await receiver.expectState("paused");
  const saved = receiver.person.page.waitForEvent("download");
  await sender.press("resume");
  expect(await hashOf(await saveAs(await saved, testInfo.outputPath()))).toBe(await hashOf(path));
  await sender.expectState("done");
  await receiver.expectState("done");
});

test("a transfer goes on after the sender's page is loaded again and given the same file", async ({
  pair,
}, testInfo) => {
  const [sender, receiver] = await pair();
  const path = await makeFile(testInfo.outputPath("a.bin"), LARGE);
  await sender.send(path);
  await receiver.accept();
  await receiver.reach(20, "pause");
  await sender.expectState("paused");
  const before = await receiver.progress();
  await sender.person.page.reload();
  await sender.person.join();
  await sender.expectState("paused");
  const other = await makeFile(testInfo.outputPath("other", "a.bin"), LARGE - 1);
  await sender.choose(sender.reselect("files"), other);
  const { page, texts } = sender.person;
  await expect(page.getByText(texts.files.failures.reselect.title).first()).toBeVisible();
  await sender.choose(sender.reselect("files"), path);
  await expect(sender.reselect("files")).toBeHidden();
  await receiver.expectState("paused");
  expect(await receiver.progress()).toBeGreaterThanOrEqual(before);
  const saved = receiver.person.page.waitForEvent("download");
  await receiver.press("resume");
  expect(await hashOf(await saveAs(await saved, testInfo.outputPath()))).toBe(await hashOf(path));
  await sender.expectState("done");
});

test("a handle gives a page the file again without a dialog", async ({ pair }, testInfo) => {
  const [sender, receiver] = await pair();
  /** As the picker: of a file of the origin private file system, for which the browser does not ask. */
  await sender.person.page.evaluate(
    async ([name, bytes]) => {
      const storage = await navigator.storage.getDirectory();
      const handle = await storage.getFileHandle(name, { create: true });
      const writable = await handle.createWritable();
      await writable.write(new Uint8Array(bytes).fill(7));
      await writable.close();
      Object.assign(globalThis, { showOpenFilePicker: async () => [handle] });
    },
    ["a.bin", LARGE] as const,
  );
  await sender.open();
  await sender.person.page.getByRole("button", { name: sender.person.texts.files.sendFiles }).click();
  await receiver.accept();
  await receiver.reach(1, "pause");
  await sender.expectState("paused");
  await sender.person.page.reload();
  await sender.person.join();
  await sender.expectState("paused");
  await sender.reselect("permission").click();
  await expect(sender.reselect("permission")).toBeHidden();
  const saved = receiver.person.page.waitForEvent("download");
  await receiver.press("resume");
  const path = await saveAs(await saved, testInfo.outputPath());
  await writeFile(testInfo.outputPath("expected"), Buffer.alloc(LARGE, 7));
  expect(await hashOf(path)).toBe(await hashOf(testInfo.outputPath("expected")));
  await sender.expectState("done");
});

test("a picture that was accepted with a click is shown, and one that is sent", async ({
  pair,
}, testInfo) => {
  const [sender, receiver] = await pair();
  const png = await sender.person.page.evaluate(async () => {
    const canvas = new OffscreenCanvas(900, 600);
    const context = canvas.getContext("2d");
    if (context) context.fillStyle = "red";
    context?.fillRect(0, 0, 900, 600);
    const bytes = new Uint8Array(await (await canvas.convertToBlob()).arrayBuffer());
    return [...bytes];
  });
  const path = testInfo.outputPath("바다.png");
  await writeFile(path, Buffer.from(png));
  await sender.send(path);
  await receiver.accept();
  await receiver.expectState("done");
  for (const { person, transfer } of [sender, receiver]) {
    const picture = transfer.getByTestId("thumbnail");
    await expect(picture).toBeVisible();
    await expect
      .poll(() => picture.evaluate((image: HTMLImageElement) => [image.naturalWidth, image.naturalHeight]))
      .toEqual([320, 213]);
    // In the chat as well.
    await person.dock.getByRole("button", { name: new RegExp(`^${person.texts.dock.chat}`) }).click();
    await expect(person.page.getByTestId("chat-transfer").getByTestId("thumbnail")).toBeVisible();
  }
});

test("a transfer goes on while the server is restarted, and follows the new participant IDs", async ({
  pair,
  server,
}, testInfo) => {
  const [sender, receiver] = await pair();
  const path = await makeFile(testInfo.outputPath("a.bin"), LARGE);
  await sender.send(path);
  const saved = receiver.person.page.waitForEvent("download");
  await receiver.accept();
  await receiver.open();
  await expect.poll(() => receiver.progress()).toBeGreaterThan(0);
  await receiver.press("pause");
  const before = await sender.person.selfId();
  await server.kill();
  await server.start();
  await expect.poll(() => sender.person.selfId()).not.toBe(before);
  await expect.poll(() => server.metric("maru_participants")).toBe(2);
  // Over the link that never stopped.
  await receiver.expectState("paused");
  await receiver.press("resume");
  expect(await hashOf(await saveAs(await saved, testInfo.outputPath()))).toBe(await hashOf(path));
  await sender.expectState("done");

  await expectFiles(sender, receiver);
  await sender.press("remove");
  await receiver.press("remove");
  await receiver.send(await makeFile(testInfo.outputPath("back.bin"), 1_000));
  await sender.accept();
  await receiver.expectState("done");
});

test("everybody in the room gets a file that is sent to all", async ({ join }, testInfo) => {
  const [sender, ...receivers] = [await join("Minji"), await join("Juno"), await join("Hana")];
  await expectFiles(sender, ...receivers);
  const path = await makeFile(testInfo.outputPath("a.bin"), 3_000_000);
  await sender.send(path);
  for (const receiver of receivers) {
    const saved = receiver.person.page.waitForEvent("download");
    await receiver.accept();
    const folder = testInfo.outputPath(receiver.person.name);
    expect(await hashOf(await saveAs(await saved, folder))).toBe(await hashOf(path));
  }
  await sender.open();
  await expect(sender.person.page.locator('[data-testid=transfer][data-state="done"]')).toHaveCount(2);
  // One line in the chat.
  await sender.person.openChat();
  const { answers } = sender.person.texts.files.chat;
  const all = { all: 2, accepted: 2, delivered: 2, declined: 0, undelivered: 0 };
  const line = sender.person.page.getByTestId("chat-transfer");
  await expect(line.getByText(answers(all))).toBeVisible();
  await line.getByText(answers(all)).click();
  await expect(line.getByRole("listitem")).toHaveText([/^Juno: /, /^Hana: /]);
});
