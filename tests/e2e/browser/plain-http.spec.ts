import { en } from "../../../ui/src/i18n/en";
import { ko } from "../../../ui/src/i18n/ko";
import { expect, test } from "../fixtures/test";

test("a person on http:// sees, hears and writes, and the page explains why they cannot be seen", async ({
  enter,
  visitInsecurely,
  room,
}) => {
  const juno = await enter("Juno");
  const minji = await visitInsecurely("Minji");
  expect(await minji.page.evaluate(() => [isSecureContext, "randomUUID" in crypto])).toEqual([false, false]);
  const explanation = en.start.noMedia["insecure-page"];
  await expect(minji.screen.getByText(explanation.title)).toBeVisible();
  await expect(minji.screen.getByText(explanation.help)).toBeVisible();
  await expect(minji.page.getByRole("button", { name: en.start.turnOnMicrophone })).toHaveCount(0);

  await minji.join();
  const notice = minji.screen.getByText(en.call.listening["insecure-page"]);
  await expect(notice).toBeVisible();
  await minji.page.getByRole("button", { name: en.common.dismiss }).click();
  await expect(notice).toHaveCount(0);
  await minji.expectToSeeAndHear(juno);

  await minji.say("한 줄");
  await expect(minji.chatLog.getByText("한 줄")).toBeVisible();
  await juno.openChat();
  await expect(juno.chatLog.getByText("한 줄")).toBeVisible();
  await juno.say("답장");
  await expect(minji.chatLog.getByText("답장")).toBeVisible();

  // There is no clipboard API here either.
  await minji.page.getByRole("button", { name: en.call.copyLink }).click();
  await expect(minji.announcements.filter({ hasText: en.call.linkCopied })).toHaveCount(1);
  await minji.chatBox.press("ControlOrMeta+v");
  await expect(minji.chatBox).toHaveValue(new RegExp(`^http://maru\\.test:\\d+/r/${room}$`));
});

test("the explanation on http:// is in Korean, too", async ({ visitInsecurely }) => {
  const minji = await visitInsecurely("민지", { contextExtras: { locale: "ko-KR" } });
  const explanation = ko.start.noMedia["insecure-page"];
  await expect(minji.screen.getByText(explanation.title)).toBeVisible();
  await minji.openSettings();
  await expect(minji.page.getByRole("dialog").getByText(explanation.title)).toBeVisible();
});
