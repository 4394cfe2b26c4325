import { en } from "../../../ui/src/i18n/en";
import { ko } from "../../../ui/src/i18n/ko";
import { expect, test } from "../fixtures/test";

test("the language is the system's, and switches at once", async ({ visit }) => {
  const korean = await visit("민지", { contextExtras: { locale: "ko-KR" } });
  await expect(korean.joinButton).toHaveText(ko.start.join);
  await expect(korean.page.locator("html")).toHaveAttribute("lang", "ko");

  const english = await visit("Juno");
  await expect(english.joinButton).toHaveText(en.start.join);
  await english.page.getByRole("button", { name: ko.languageName }).click();
  await expect(english.joinButton).toHaveText(ko.start.join);
  await expect(english.page.locator("html")).toHaveAttribute("lang", "ko");
  await english.page.reload();
  await expect(english.joinButton).toHaveText(ko.start.join);
});

test("language and theme switch during a call, and the call continues", async ({ enter }) => {
  const minji = await enter("Minji");
  const juno = await enter("Juno");
  await minji.expectToSeeAndHear(juno);
  const background = () => minji.page.evaluate(() => getComputedStyle(document.body).backgroundColor);

  await minji.openSettings();
  await minji.page.getByRole("radio", { name: en.settings.dark }).check();
  const dark = await background();
  await minji.page.getByRole("radio", { name: en.settings.light }).check();
  await expect.poll(background).not.toBe(dark);
  await minji.page.getByRole("radio", { name: ko.languageName }).check();
  await expect(minji.page.getByRole("heading", { name: ko.menu.settings })).toBeVisible();
  await minji.page.keyboard.press("Escape");
  await expect(minji.page.getByRole("button", { name: ko.dock.leave })).toBeVisible();
  await minji.expectToSeeAndHear(juno);
});
