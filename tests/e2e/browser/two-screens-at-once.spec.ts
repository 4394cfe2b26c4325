import { en } from "../../../ui/src/i18n/en";
import { test } from "../fixtures/test";

test("two people share their screens at the same moment, and everyone receives both", async ({ enter }) => {
  const minji = await enter("Minji");
  const juno = await enter("Juno");
  const hana = await enter("Hana");
  await minji.expectConnectedTo(juno, hana);
  await juno.expectConnectedTo(hana);

  // Both add a section and offer it at the same time: a glare on the link between them.
  await Promise.all([minji.press(en.dock.share), juno.press(en.dock.share)]);

  await juno.expectVideoOf(minji, "screen");
  await minji.expectVideoOf(juno, "screen");
  await hana.expectVideoOf(minji, "screen");
  await hana.expectVideoOf(juno, "screen");
  await hana.expectToSeeAndHear(minji, juno);

  await Promise.all([minji.press(en.dock.stopShare), juno.press(en.dock.stopShare)]);
  await hana.expectState(minji, { screen: false });
  await hana.expectState(juno, { screen: false });
  await minji.expectToSeeAndHear(juno, hana);
});
