import { en } from "../../../ui/src/i18n/en";
import { received } from "../fixtures/media";
import type { Person } from "../fixtures/person";
import { expect, test } from "../fixtures/test";

test("three people see and hear each other, and two continue when one leaves", async ({ enter }) => {
  const minji = await enter("Minji");
  const juno = await enter("Juno");
  const hana = await enter("Hana");
  const everyone = [minji, juno, hana];

  for (const person of everyone) {
    await person.expectToSeeAndHear(...everyone.filter((other) => other !== person));
  }

  await hana.leave();
  await minji.expectGone(hana);
  await juno.expectGone(hana);
  await minji.expectToSeeAndHear(juno);
  await juno.expectToSeeAndHear(minji);
});

test("whom one pins arrives large, and the others arrive small", async ({ enter }) => {
  const pictures = { width: 640, height: 360, frameRate: 10 };
  const minji = await enter("Minji", { pictures });
  // So that the tiles beside a large one are less than 180 pixels high.
  const contextExtras = { viewport: { width: 900, height: 600 } };
  const juno = await enter("Juno", { pictures, contextExtras });
  const hana = await enter("Hana", { pictures });
  await juno.expectToSeeAndHear(minji, hana);

  const heightOf = async (watcher: Person, of: Person) =>
    (await received(watcher.page, await watcher.idOf(of), "camera"))?.height;
  await juno.tile(minji).hover();
  await juno.page.getByRole("button", { name: en.call.spotlight("Minji") }).click();
  await expect.poll(() => heightOf(juno, hana)).toBe(180);
  await expect.poll(() => heightOf(juno, minji)).toBe(360);
  // Hana's picture is small for Juno alone.
  await expect.poll(() => heightOf(minji, hana)).toBe(360);
  await juno.expectVideoOf(hana);
  await juno.expectVideoOf(minji);

  await juno.page.getByRole("button", { name: en.call.spotlight("Minji") }).click();
  await expect.poll(() => heightOf(juno, hana)).toBe(360);
});
