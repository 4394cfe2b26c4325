import { NetworkPath } from "../fixtures/network-path";
import { expect, test } from "../fixtures/test";

test("a lost socket is resumed: it is the same participant, and nothing changes for the others", async ({
  enter,
  server,
}) => {
  const juno = await enter("Juno");
  const path = await NetworkPath.to(server.port);
  const minji = await enter("Minji", { origin: path.origin });
  await juno.expectToSeeAndHear(minji);
  const before = await minji.selfId();
  await juno.page.evaluate(() => {
    const events: string[] = [];
    Object.assign(globalThis, { events });
    globalThis.__maruCall.onEvent((event) => events.push(event.type));
  });

  path.cut();
  await expect
    .poll(() => minji.page.evaluate(() => globalThis.__maruCall.getState().signaling.kind))
    .toBe("reconnecting");
  await juno.expectToSeeAndHear(minji);
  path.restore();
  await expect
    .poll(() => minji.page.evaluate(() => globalThis.__maruCall.getState().signaling.kind))
    .toBe("online");

  expect(await minji.selfId()).toBe(before);
  await minji.expectToSeeAndHear(juno);
  // Signals pass again both ways: both connect to a newcomer.
  const hana = await enter("Hana");
  await hana.expectVideoOf(minji);
  await minji.expectVideoOf(hana);
  expect(await juno.page.evaluate(() => (globalThis as unknown as { events: string[] }).events)).toEqual([
    "participant-joined",
  ]);
  await path.close();
});
