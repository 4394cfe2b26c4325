import { writeFile } from "node:fs/promises";
import { type Browser, mergeTests } from "@playwright/test";
import { expect, test as filesTest } from "../fixtures/file-transfer-test";
import { hashOf, makeFile, recordSaved } from "../fixtures/file-transfers";
import { test as firefoxTest } from "./test";

const test = mergeTests(filesTest, firefoxTest);

/** Takes long enough for a person to press something meanwhile. */
const LARGE = 100_000_000;

for (const [from, to] of [
  ["Firefox", "Chromium"],
  ["Chromium", "Firefox"],
] as const) {
  const side = (name: string, firefox: Browser) => (name === "Firefox" ? { browser: firefox } : {});

  test(`files of ${from} arrive in ${to} as they were sent`, async ({ pair, firefox }, testInfo) => {
    const [sender, receiver] = await pair(side(from, firefox), {
      ...side(to, firefox),
      prepare: recordSaved,
    });
    const path = await makeFile(testInfo.outputPath("바다 사진.bin"), 5_000_017);
    await sender.send(path);
    await receiver.accept();
    expect(await receiver.saved()).toEqual({
      name: "바다 사진.bin",
      hash: await hashOf(path),
      bytes: 5_000_017,
    });
    await receiver.expectState("done");
    await sender.expectState("done");
  });
}

test("Firefox goes on after its page is loaded again", async ({ pair, firefox }, testInfo) => {
  const [sender, receiver] = await pair({}, { browser: firefox, prepare: recordSaved });
  const path = await makeFile(testInfo.outputPath("a.bin"), LARGE);
  await sender.send(path);
  await receiver.accept();
  await receiver.open();
  await expect.poll(() => receiver.progress()).toBeGreaterThan(20);
  await sender.press("pause");
  await receiver.expectState("paused");
  const before = await receiver.progress();
  await receiver.person.page.reload();
  await receiver.person.join();
  await receiver.open();
  await expect.poll(() => receiver.progress()).toBeGreaterThan(before / 2);
  await receiver.expectState("paused");
  await sender.press("resume");
  await receiver.expectSaved(path);
  await sender.expectState("done");
});

test("Firefox goes on with what it sends after its page is loaded again", async ({
  pair,
  firefox,
}, testInfo) => {
  const [sender, receiver] = await pair({ browser: firefox }, { prepare: recordSaved });
  const path = await makeFile(testInfo.outputPath("a.bin"), LARGE);
  await sender.send(path);
  await receiver.accept();
  await receiver.reach(20, "pause");
  await sender.expectState("paused");
  await sender.person.page.reload();
  await sender.person.join();
  await sender.expectState("paused");
  await sender.choose(sender.reselect("files"), path);
  await expect(sender.reselect("files")).toBeHidden();
  await receiver.press("resume");
  await receiver.expectSaved(path);
  await sender.expectState("done");
});

for (const who of ["sender", "receiver"] as const) {
  test(`Firefox cancels a transfer as its ${who}`, async ({ pair, firefox }, testInfo) => {
    const side = (name: string) => (name === who ? { browser: firefox } : {});
    const [sender, receiver] = await pair(side("sender"), side("receiver"));
    await sender.send(await makeFile(testInfo.outputPath("a.bin"), LARGE));
    await receiver.accept();
    await (who === "sender" ? sender : receiver).reach(1, "cancel");
    await sender.expectState("cancelled");
    await receiver.expectState("cancelled");
    // Nothing incomplete is left, and nothing of it is open: what is cannot be removed.
    await expect.poll(() => receiver.stored()).toEqual([]);
  });
}

test("Firefox shows a picture that it received", async ({ pair, firefox }, testInfo) => {
  const [sender, receiver] = await pair({}, { browser: firefox, prepare: recordSaved });
  // The smallest PNG there is: one pixel.
  const png =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==";
  const path = testInfo.outputPath("a.png");
  await writeFile(path, Buffer.from(png, "base64"));
  await sender.send(path);
  await receiver.accept();
  await receiver.expectState("done");
  await expect(receiver.transfer.getByTestId("thumbnail")).toBeVisible();
});
