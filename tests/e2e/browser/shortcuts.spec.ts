import { en } from "../../../ui/src/i18n/en";
import { expect, test } from "../fixtures/test";

test("shortcuts do the same as the buttons, but not while typing", async ({ enter }) => {
  const minji = await enter("Minji");
  const juno = await enter("Juno");
  await juno.expectConnectedTo(minji);
  const keys = minji.page.keyboard;

  await keys.press("m");
  await juno.expectState(minji, { microphone: false });
  await keys.press("m");
  await juno.expectState(minji, { microphone: true });
  await keys.press("v");
  await juno.expectState(minji, { camera: false });
  await keys.press("v");
  await juno.expectState(minji, { camera: true });
  await keys.press("h");
  await juno.expectState(minji, { hand: true });
  await keys.press("h");
  await juno.expectState(minji, { hand: false });
  await keys.press("s");
  await juno.expectState(minji, { screen: true });
  await keys.press("s");
  await juno.expectState(minji, { screen: false });

  await keys.press("c");
  const box = minji.page.getByRole("textbox", { name: en.chat.placeholder });
  await box.fill("");
  await box.pressSequentially("mvhs");
  await expect(box).toHaveValue("mvhs");
  await box.press("Enter");
  await expect(minji.chatLog.getByText("mvhs")).toBeVisible();
  await juno.expectState(minji, { microphone: true, camera: true, hand: false, screen: false });
});

test("? shows the list of shortcuts, Escape closes it", async ({ visit }) => {
  const minji = await visit("Minji");
  await minji.join();
  await minji.page.keyboard.press("?");
  const sheet = minji.page.getByRole("dialog", { name: en.shortcuts.title });
  await expect(sheet).toBeVisible();
  await expect(sheet.getByText(en.shortcuts.microphone)).toBeVisible();
  await minji.page.keyboard.press("Escape");
  await expect(sheet).toBeHidden();
});
