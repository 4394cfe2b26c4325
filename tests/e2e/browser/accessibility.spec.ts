import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { en } from "../../../ui/src/i18n/en";
import { expect, test } from "../fixtures/test";

/** Findings that axe rates serious or critical, each with its location for the failure report. */
async function seriousProblems(page: Page): Promise<string[]> {
  // Colours during a transition are not part of the design.
  await page.evaluate(() =>
    Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => {}))),
  );
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id} at ${target.join(" ")}: ${failureSummary}`),
    );
}

for (const colorScheme of ["dark", "light"] as const) {
  test.describe(`${colorScheme} theme`, () => {
    test.use({ contextExtras: { colorScheme, reducedMotion: "reduce" } });

    test("axe finds nothing serious before the call", async ({ visit }) => {
      const minji = await visit("Minji");
      expect(await seriousProblems(minji.page), "start").toEqual([]);
      await minji.turnOn("camera");
      await minji.turnOn("microphone");
      expect(await seriousProblems(minji.page), "start with devices").toEqual([]);
      await minji.roomInput.fill("not a room");
      expect(await seriousProblems(minji.page), "start with an error").toEqual([]);
      await minji.openSettings();
      expect(await seriousProblems(minji.page), "settings").toEqual([]);
    });

    test("axe finds nothing serious in the call", async ({ enter }) => {
      // Axe takes seconds for each screen on a busy machine.
      test.setTimeout(600_000);
      const minji = await enter("Minji");
      expect(await seriousProblems(minji.page), "alone").toEqual([]);
      const juno = await enter("Juno");
      await minji.expectConnectedTo(juno);
      expect(await seriousProblems(minji.page), "two").toEqual([]);
      await juno.say("hello https://example.org");
      await juno.press(en.dock.raiseHand);
      await minji.expectState(juno, { hand: true });
      const { page } = minji;
      for (const width of [1280, 400]) {
        await page.setViewportSize({ width, height: 800 });
        const check = async (what: string) =>
          expect(await seriousProblems(page), `${what} at ${width} px`).toEqual([]);
        await minji.openChat();
        await expect(minji.chatLog.getByRole("link")).toBeVisible();
        await check("chat");
        await minji.openPeople();
        await check("people");
        await page.getByRole("complementary").getByTestId("quality-mark").first().click();
        await expect(page.getByTestId("statistics")).toBeVisible();
        await check("statistics");
        await page.keyboard.press("f");
        await expect(page.getByRole("complementary", { name: en.files.title })).toBeVisible();
        await check("files");
        await page.keyboard.press("Escape");
        for (const name of [
          en.dock.more,
          ...(width > 1000 ? [en.dock.microphoneDevices, en.dock.react] : []),
        ]) {
          await minji.press(name);
          await expect(page.getByRole("menu")).toBeVisible();
          await check(`menu "${name}"`);
          await page.keyboard.press("Escape");
        }
      }
      await page.keyboard.press("?");
      await expect(page.getByRole("dialog", { name: en.shortcuts.title })).toBeVisible();
      expect(await seriousProblems(page), "shortcuts").toEqual([]);
    });
  });
}
