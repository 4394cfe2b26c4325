import { en } from "../../../ui/src/i18n/en";
import { expect, test } from "../fixtures/test";

test.use({ serverArgs: ["--room-capacity", "2"] });

test("joining a full room fails with an explanation, and works as soon as a participant leaves", async ({
  enter,
  visit,
}) => {
  const minji = await enter("Minji");
  const juno = await enter("Juno");
  const hana = await visit("Hana");
  await hana.turnOn("microphone");
  await hana.turnOn("camera");

  await hana.joinButton.click();
  await expect(hana.screen.getByText(en.refused("room-full").title)).toBeVisible();
  await expect(hana.screen.getByText(en.refused("room-full").help)).toBeVisible();
  expect((await minji.others()).map(({ name }) => name)).toEqual(["Juno"]);
  // A refused join does not switch the preview off.
  await hana.expectOwn("microphone", true);
  await hana.expectOwn("camera", true);
  await expect(hana.page.getByTestId("preview-video")).toBeVisible();

  await juno.leave();
  await hana.join();
  await hana.expectToSeeAndHear(minji);
  await minji.expectToSeeAndHear(hana);
});
