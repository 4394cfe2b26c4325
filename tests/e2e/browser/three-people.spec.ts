import { test } from "../fixtures/test";

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
