import { en } from "../../../ui/src/i18n/en";
import { test } from "../fixtures/test";

test("a muted microphone is silent and shown as muted, and is heard again when unmuted", async ({
  enter,
}) => {
  const minji = await enter("Minji");
  const juno = await enter("Juno");
  await juno.expectSoundOf(minji);

  await minji.press(en.dock.mute);
  await juno.expectState(minji, { microphone: false });
  await juno.expectNothingMoreOf(minji, "microphone");
  await juno.expectVideoOf(minji);

  await minji.press(en.dock.unmute);
  await juno.expectState(minji, { microphone: true });
  await juno.expectSoundOf(minji);
});
