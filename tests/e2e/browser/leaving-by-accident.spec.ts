import { en } from "../../../ui/src/i18n/en";
import { expect, test } from "../fixtures/test";

test("Back and a reload ask before they end a call, and leaving offers to rejoin", async ({
  visit,
  enter,
  room,
}) => {
  const juno = await visit("Juno");
  await juno.join();
  const minji = await enter("Minji");
  const { page } = minji;
  const question = page.getByRole("dialog", { name: en.places.leave.title });

  for (let time = 0; time < 2; time += 1) {
    await page.goBack();
    await question.getByRole("button", { name: en.places.leave.stay }).click();
    await expect(question).toHaveCount(0);
  }
  const asked = page.waitForEvent("dialog");
  const reload = page.evaluate(() => location.reload()).catch(() => undefined);
  const dialog = await asked;
  expect(dialog.type()).toBe("beforeunload");
  await dialog.dismiss();
  await reload;
  await minji.expectInCall();
  await juno.expectConnectedTo(minji);

  await page.goBack();
  await question.getByRole("button", { name: en.places.leave.leave }).click();
  await juno.expectGone(minji);
  // Nothing asks any more.
  await page.reload();
  await expect(minji.roomInput).toHaveValue(room);
  await expect(page.getByRole("button", { name: room, exact: true })).toBeVisible();

  await minji.join();
  await minji.leave();
  await page.getByRole("button", { name: en.start.rejoin, exact: true }).click();
  await minji.expectInCall();
  await minji.expectOwn("camera", true);
  await minji.expectOwn("microphone", true);
  await juno.expectToSeeAndHear(minji);
});
