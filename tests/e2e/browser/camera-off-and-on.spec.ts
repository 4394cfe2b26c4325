import { en } from "../../../ui/src/i18n/en";
import { expect, test } from "../fixtures/test";

test("a camera that is off sends nothing and its tile shows the name; turned on again it sends video", async ({
  enter,
}) => {
  const minji = await enter("Minji");
  const juno = await enter("Juno");
  await juno.expectVideoOf(minji);

  await minji.press(en.dock.cameraOff);
  await juno.expectState(minji, { camera: false });
  await juno.expectNothingMoreOf(minji, "camera");
  await expect(juno.tile(minji).locator("video")).toBeHidden();
  await juno.expectSoundOf(minji);

  await minji.press(en.dock.cameraOn);
  await juno.expectState(minji, { camera: true });
  await juno.expectVideoOf(minji);
  await expect(juno.tile(minji).locator("video")).toBeVisible();
});

test("a participant who joined with both devices off can turn them on later", async ({ enter, visit }) => {
  const juno = await enter("Juno");
  const minji = await visit("Minji");
  await minji.join();
  await juno.expectConnectedTo(minji);
  await juno.expectState(minji, { microphone: false, camera: false });

  await minji.press(en.dock.unmute);
  await minji.press(en.dock.cameraOn);
  await juno.expectToSeeAndHear(minji);
  await minji.expectToSeeAndHear(juno);
});
