import { en } from "../../../ui/src/i18n/en";
import { expect, test } from "../fixtures/test";

test("a denied camera is explained and does not block joining", async ({ visit, enter, refusingBrowser }) => {
  const juno = await enter("Juno");
  const minji = await visit("Minji", { browser: refusingBrowser });

  await minji.page.getByRole("button", { name: en.start.turnOnCamera }).first().click();
  const trouble = minji.page.getByTestId("notice").filter({ hasText: en.device("camera", "denied").title });
  await expect(trouble).toBeVisible();
  await expect(trouble).toContainText(en.device("camera", "denied").help);

  await minji.join();
  await minji.expectToSeeAndHear(juno);

  // The same in the call.
  await minji.press(en.dock.unmute);
  await expect(minji.screen.getByText(en.device("microphone", "denied").title).first()).toBeVisible();
  await juno.expectState(minji, { microphone: false });
  await minji.expectToSeeAndHear(juno);
});
