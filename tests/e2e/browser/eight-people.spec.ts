import type { Person } from "../fixtures/person";
import { TINY } from "../fixtures/small-pictures";
import { expect, test } from "../fixtures/test";

test("eight people see and hear each other", async ({ enter }) => {
  test.setTimeout(600_000);
  const everyone: Person[] = [];
  for (const name of ["Ara", "Bora", "Chan", "Dani", "Eun", "Gaon", "Hana", "Iseul"]) {
    everyone.push(
      await enter(name, { pictures: TINY, contextExtras: { viewport: { width: 640, height: 400 } } }),
    );
  }

  await expect
    .poll(
      async () =>
        Promise.all(everyone.map(async (person) => (await person.others()).map(({ link }) => link))),
      {
        timeout: 240_000,
        intervals: [1_000],
      },
    )
    .toEqual(everyone.map(() => Array(7).fill("connected")));

  for (const person of everyone) {
    await person.expectToSeeAndHear(...everyone.filter((other) => other !== person));
    // Nobody is hidden by the layout: seven others and oneself.
    await expect(person.page.getByTestId("tile")).toHaveCount(8);
  }
});
