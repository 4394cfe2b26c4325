import { en } from "../../../ui/src/i18n/en";
import { expect, test } from "../fixtures/test";

test("a shared screen is a tile of its own beside the camera, and disappears when sharing stops", async ({
  enter,
}) => {
  const minji = await enter("Minji");
  const juno = await enter("Juno");
  await juno.expectVideoOf(minji);

  await minji.press(en.dock.share);
  await minji.expectOwn("screen", true);
  await juno.expectState(minji, { screen: true });
  await juno.expectVideoOf(minji, "screen");
  await juno.expectVideoOf(minji, "camera");
  await expect(juno.page.getByText(en.call.screenOf("Minji")).first()).toBeVisible();

  await minji.press(en.dock.stopShare);
  await juno.expectState(minji, { screen: false });
  await juno.expectNothingMoreOf(minji, "screen");
  await expect(juno.page.getByText(en.call.screenOf("Minji"))).toHaveCount(0);
  await juno.expectToSeeAndHear(minji);

  // The section is kept for the next share.
  await minji.press(en.dock.share);
  await juno.expectVideoOf(minji, "screen");
});

test("a newcomer sees a screen that is already shared", async ({ enter, visit }) => {
  const minji = await enter("Minji");
  await minji.press(en.dock.share);
  await minji.expectOwn("screen", true);
  const hana = await visit("Hana");
  await hana.join();
  await hana.expectVideoOf(minji, "screen");
});
