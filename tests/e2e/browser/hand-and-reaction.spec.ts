import { en } from "../../../ui/src/i18n/en";
import { expect, test } from "../fixtures/test";

test("others see a raised hand until it is lowered", async ({ enter }) => {
  const minji = await enter("Minji");
  const juno = await enter("Juno");
  await juno.expectConnectedTo(minji);

  await minji.press(en.dock.raiseHand);
  await juno.expectState(minji, { hand: true });
  await expect(juno.tile(minji).getByLabel(en.call.handUp(null))).toBeVisible();

  await minji.press(en.dock.lowerHand);
  await juno.expectState(minji, { hand: false });
});

test("others see a reaction, and it disappears", async ({ enter }) => {
  const minji = await enter("Minji");
  const juno = await enter("Juno");
  await juno.expectConnectedTo(minji);

  // It disappears by itself, so the page records it; a check from outside could be too late.
  await juno.page.evaluate(() => {
    const seen: string[] = [];
    Object.assign(globalThis, { seenReactions: seen });
    const call = globalThis.__maruCall;
    call.subscribe(() => {
      for (const { reaction } of call.getState().reactions) if (!seen.includes(reaction)) seen.push(reaction);
    });
  });
  await minji.press(en.dock.react);
  await minji.page
    .getByRole("button", { name: en.reactions.heart })
    .or(minji.page.getByRole("menuitem", { name: en.reactions.heart }))
    .first()
    .click();

  await expect
    .poll(() =>
      juno.page.evaluate(() => (globalThis as unknown as { seenReactions: string[] }).seenReactions),
    )
    .toEqual(["heart"]);
  await expect
    .poll(() => juno.page.evaluate(() => globalThis.__maruCall.getState().reactions.length))
    .toBe(0);
});
