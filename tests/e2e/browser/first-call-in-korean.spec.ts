import { mkdirSync } from "node:fs";
import { resolve } from "node:path";
import { ko } from "../../../ui/src/i18n/ko";
import { Composition } from "../fixtures/composition";
import { expect, test } from "../fixtures/test";

const folder = resolve(import.meta.dirname, "../../artifacts/screens");
mkdirSync(folder, { recursive: true });

// Only by what the screen says: the pages are used through visible Korean texts, and the keyboard composes syllables.
test("two people who have never seen Maru get from a link to a call with sound both ways, in Korean", async ({
  visit,
  server,
}) => {
  const locale = { contextExtras: { locale: "ko-KR", permissions: ["clipboard-read", "clipboard-write"] } };
  let number = 0;

  const host = await visit("민지", { ...locale, room: null, typeName: false });
  const guest = await visit("준호", { ...locale, room: null, typeName: false });
  const picture = async ({ page }: typeof host, what: string) => {
    number += 1;
    const name = `first-call-ko-${String(number).padStart(2, "0")}-${what}.png`;
    await page.screenshot({ path: resolve(folder, name), animations: "disabled" });
  };

  await picture(host, "start");
  const hostKeys = await Composition.of(host.page);
  await host.page.getByRole("textbox", { name: ko.start.room, exact: true }).click();
  await hostKeys.type("우리집");
  await picture(host, "room");
  // Enter ends the syllable, and does not join with half of what the form wants.
  await hostKeys.endWithEnter("우리집");
  await expect(host.page.getByRole("textbox", { name: ko.start.room, exact: true })).toHaveValue("우리집");
  await expect(host.joinButton).toBeVisible();
  await host.page.getByRole("textbox", { name: ko.start.name, exact: true }).click();
  await hostKeys.type("민지");
  await hostKeys.endWithEnter("민지");
  await expect(host.page.getByRole("textbox", { name: ko.start.name, exact: true })).toHaveValue("민지");
  await host.page.getByRole("button", { name: ko.start.turnOnMicrophone }).click();
  await picture(host, "ready");
  await host.page.keyboard.press("Tab");
  await host.page.getByRole("button", { name: ko.start.join, exact: true }).click();
  await expect(host.screen.getByText(ko.call.alone)).toBeVisible();
  await picture(host, "alone");
  await host.page.getByRole("main").getByRole("button", { name: ko.call.copyLink }).click();
  await expect(host.announcements.filter({ hasText: ko.call.linkCopied })).toHaveCount(1);
  await picture(host, "copied");
  const link = await host.page.evaluate(() => navigator.clipboard.readText());
  expect(decodeURIComponent(link)).toBe(`${server.origin}/r/우리집`);

  await guest.page.goto(link);
  await picture(guest, "link");
  await guest.page.getByRole("textbox", { name: ko.start.name, exact: true }).click();
  const guestKeys = await Composition.of(guest.page);
  await guestKeys.type("준호");
  // No key ends the last syllable: the person goes on with the mouse.
  await guest.page.getByRole("button", { name: ko.start.turnOnMicrophone }).click();
  await expect(guest.page.getByRole("textbox", { name: ko.start.name, exact: true })).toHaveValue("준호");
  await guest.page.getByRole("button", { name: ko.start.turnOnCamera }).first().click();
  await picture(guest, "ready");
  await guest.page.getByRole("button", { name: ko.start.join, exact: true }).click();

  await guest.expectSoundOf(host);
  await host.expectSoundOf(guest);
  await host.expectVideoOf(guest);
  await picture(host, "call");
  await picture(guest, "call");

  // The first message: one Enter ends the syllable, the next one sends the text once.
  await guest.openChat();
  await guest.chatBox.click();
  await guestKeys.type("안녕");
  await picture(guest, "composing");
  await guestKeys.endWithEnter("안녕");
  await expect(guest.chatBox).toHaveValue("안녕");
  await guest.page.keyboard.press("Enter");
  await expect(guest.chatBox).toHaveValue("");
  await host.openChat();
  await expect(host.chatLog.getByText("안녕", { exact: true })).toHaveCount(1);
  await picture(host, "chat");
});
