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
      const minji = await enter("Minji");
      expect(await seriousProblems(minji.page), "alone").toEqual([]);
      const juno = await enter("Juno");
      await minji.expectConnectedTo(juno);
      expect(await seriousProblems(minji.page), "two").toEqual([]);
      await juno.say("hello https://example.org");
      await minji.openChat();
      await expect(minji.chatLog.getByRole("link")).toBeVisible();
      expect(await seriousProblems(minji.page), "chat").toEqual([]);
      await minji.openPeople();
      expect(await seriousProblems(minji.page), "people").toEqual([]);
      await minji.page.keyboard.press("?");
      await expect(minji.page.getByRole("dialog", { name: en.shortcuts.title })).toBeVisible();
      expect(await seriousProblems(minji.page), "shortcuts").toEqual([]);
    });
  });
}
