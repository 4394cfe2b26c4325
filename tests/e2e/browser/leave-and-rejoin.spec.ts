import { expect, test } from "../fixtures/test";

test("leaving and joining the same room at once gives a new participant in the same call", async ({
  enter,
}) => {
  const minji = await enter("Minji");
  const juno = await enter("Juno");
  await juno.expectToSeeAndHear(minji);
  const before = await minji.selfId();

  await minji.leave();
  // The devices are off as soon as the person has left the room.
  await minji.expectOwn("camera", false);
  await minji.expectOwn("microphone", false);
  await minji.join();

  expect(await minji.selfId()).not.toBe(before);
  await expect.poll(async () => (await juno.seen("Minji"))?.id).toBe(await minji.selfId());
  expect((await juno.others()).length).toBe(1);
  await minji.expectVideoOf(juno);
  await minji.expectSoundOf(juno);
  await juno.expectConnectedTo(minji);
});

test("the last leave deletes the room, and its ID can be used again at once", async ({ enter, server }) => {
  const minji = await enter("Minji");
  for (let stay = 0; stay < 3; stay += 1) {
    await minji.leave();
    await expect.poll(() => server.metric("maru_rooms")).toBe(0);
    await minji.join();
    expect(await server.metric("maru_rooms")).toBe(1);
  }
});
