import { en } from "../../../ui/src/i18n/en";
import { expect, test } from "./test";

test("Back asks in Firefox before it ends a call, each time", async ({ firefox, visit, server }) => {
  const hana = await visit("Hana", { browser: firefox });
  await hana.join();
  const question = hana.page.getByRole("dialog", { name: en.places.leave.title });
  const answer = (name: string) => question.getByRole("button", { name }).click();
  for (let time = 0; time < 2; time += 1) {
    await hana.page.evaluate(() => history.back());
    await answer(en.places.leave.stay);
    await expect(question).toHaveCount(0);
  }
  expect(await server.metric("maru_participants")).toBe(1);
  await hana.page.evaluate(() => history.back());
  await answer(en.places.leave.leave);
  await expect(hana.joinButton).toHaveText(en.start.rejoin);
  await expect.poll(() => server.metric("maru_participants")).toBe(0);
});
