import { expect, test } from "../fixtures/test";

test("two people see and hear each other", async ({ enter, server }) => {
  const minji = await enter("Minji", { pictures: null });
  const juno = await enter("Juno", { pictures: null });

  await minji.expectConnectedTo(juno);
  await juno.expectConnectedTo(minji);
  await minji.expectToSeeAndHear(juno);
  await juno.expectToSeeAndHear(minji);
  await expect(minji.tile(juno).locator("video")).toBeVisible();

  expect(await server.metric("maru_rooms")).toBe(1);
  expect(await server.metric("maru_participants")).toBe(2);
  await minji.leave();
  await juno.leave();
  await expect.poll(() => server.metric("maru_rooms")).toBe(0);
});
