import { expect, test } from "../fixtures/test";

for (const [how, end] of [
  ["stopped", "stop"],
  ["killed", "kill"],
] as const) {
  test(`media keeps flowing while the server is ${how}, and presence returns after its start`, async ({
    enter,
    server,
  }) => {
    const minji = await enter("Minji");
    const juno = await enter("Juno");
    await minji.expectToSeeAndHear(juno);
    await juno.expectToSeeAndHear(minji);
    const before = await minji.selfId();

    await server[end]();
    await expect
      .poll(() => minji.page.evaluate(() => globalThis.__maruCall.getState().signaling.kind))
      .toBe("reconnecting");
    // The call continues without a server.
    await minji.expectToSeeAndHear(juno);
    await juno.expectToSeeAndHear(minji);

    await server.start();
    await expect.poll(() => server.metric("maru_participants")).toBe(2);
    await expect.poll(() => minji.selfId()).not.toBe(before);
    // Each has the other once, with the new ID, on the link that never stopped.
    for (const [one, other] of [
      [minji, juno],
      [juno, minji],
    ] as const) {
      await expect
        .poll(async () => (await one.others()).map(({ id, link, absent }) => ({ id, link, absent })))
        .toEqual([{ id: await other.selfId(), link: "connected", absent: false }]);
      await one.expectToSeeAndHear(other);
    }

    // The room works again: a newcomer can join.
    const hana = await enter("Hana");
    await hana.expectToSeeAndHear(minji, juno);
    await minji.expectVideoOf(hana);
  });
}

test("a link survives a restart of the server: the same connection gets the new participant IDs", async ({
  enter,
  server,
}) => {
  const minji = await enter("Minji");
  const juno = await enter("Juno");
  await minji.expectToSeeAndHear(juno);
  const candidates = async () => {
    const id = await minji.idOf(juno);
    const stats = await minji.page.evaluate((id) => globalThis.__maruCall.stats(id), id);
    return [stats?.localCandidate, stats?.remoteCandidate];
  };
  const path = await candidates();
  const before = await juno.selfId();

  await server.kill();
  await server.start();
  await expect.poll(async () => (await minji.seen("Juno"))?.id).not.toBe(before);
  await expect.poll(async () => (await minji.seen("Juno"))?.absent).toBe(false);

  expect(path[0]).toBeTruthy();
  expect(await candidates()).toEqual(path);
});
