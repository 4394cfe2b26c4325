import { rm } from "node:fs/promises";
import type { BrowserContext } from "@playwright/test";
import { en } from "../../../ui/src/i18n/en";
import { ko } from "../../../ui/src/i18n/ko";
import { launchBlockingStorage } from "../fixtures/chromium";
import { expect, test } from "../fixtures/test";

function throwsWhenLookedAt() {
  Object.defineProperty(globalThis, "localStorage", {
    get: () => {
      throw new DOMException("Access is denied for this document.", "SecurityError");
    },
  });
}

function throwsAtEveryCall() {
  for (const method of ["getItem", "setItem", "removeItem"] as const) {
    Storage.prototype[method] = () => {
      throw new DOMException("The operation is insecure.", "SecurityError");
    };
  }
}

/** Without `localStorage` there is no test hook, so only the visible interface is checked. */
async function expectSettingsForThisPage(context: BrowserContext, link: string) {
  const page = context.pages()[0] ?? (await context.newPage());
  const problems: string[] = [];
  page.on("pageerror", (error) => problems.push(String(error.stack ?? error)));
  await page.goto(link);
  const stored = await page.evaluate(() => {
    try {
      return String(localStorage.getItem("maru.settings"));
    } catch (error) {
      return (error as Error).name;
    }
  });
  expect(stored).toBe("SecurityError");

  await page.getByTestId("name-input").fill("Minji");
  await page.getByRole("button", { name: ko.languageName }).click();
  await page.getByRole("button", { name: ko.start.join, exact: true }).click();
  await expect(page.getByRole("button", { name: ko.dock.leave })).toBeVisible();
  await expect(page.getByText(ko.common.me("Minji"))).toBeVisible();
  await page.getByRole("button", { name: ko.dock.leave }).click();
  await expect(page.getByTestId("name-input")).toHaveValue("Minji");

  await page.reload();
  await expect(page.getByRole("button", { name: en.start.join, exact: true })).toBeVisible();
  await expect(page.getByTestId("name-input")).toHaveValue("");
  expect(problems).toEqual([]);
}

for (const block of [throwsWhenLookedAt, throwsAtEveryCall]) {
  test(`Maru starts and joins when localStorage ${block.name}`, async ({ browser, server, room }) => {
    const context = await browser.newContext({ locale: "en-US" });
    await context.addInitScript(block);
    await expectSettingsForThisPage(context, `${server.origin}/r/${room}`);
    await context.close();
  });
}

test("Maru starts and joins when Chromium blocks all cookies", async ({ server, room }, testInfo) => {
  const folder = testInfo.outputPath("profile");
  const context = await launchBlockingStorage(folder, "en-US");
  await expectSettingsForThisPage(context, `${server.origin}/r/${room}`);
  await context.close();
  await rm(folder, { recursive: true, force: true });
});
