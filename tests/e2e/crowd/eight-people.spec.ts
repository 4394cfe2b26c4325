import { expectEverybody } from "../fixtures/media";
import { TINY } from "../fixtures/painted-devices";
import type { Person } from "../fixtures/person";
import { expect, test } from "../fixtures/test";

test("eight people see and hear each other", async ({ enter }) => {
  // Fifty-six connections on the machine that also runs the tests: these bound a broken one, no more.
  test.setTimeout(600_000);
  const everyone: Person[] = [];
  for (const name of ["Ara", "Bora", "Chan", "Dani", "Eun", "Gaon", "Hana", "Iseul"]) {
    const contextExtras = { viewport: { width: 640, height: 400 }, reducedMotion: "reduce" } as const;
    everyone.push(await enter(name, { cheap: TINY, contextExtras }));
  }

  await Promise.all(everyone.map(({ page }) => expectEverybody(page, 7, 400_000)));
  // Nobody is hidden by the layout: seven others and oneself.
  for (const { page } of everyone) await expect(page.getByTestId("tile")).toHaveCount(8);
});
