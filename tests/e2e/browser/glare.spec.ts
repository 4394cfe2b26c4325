import { en } from "../../../ui/src/i18n/en";
import { expect, test } from "../fixtures/test";

test("offers that cross are resolved, with either side polite", async ({ enter, outsider }) => {
  const minji = await enter("Minji");
  let self = (await minji.selfId()) ?? "";
  const roles = new Set<string>();
  let glares = 0;
  // The participant IDs, which are random, decide which side is polite: repeat until both have happened, with glare.
  for (let round = 0; round < 24 && (roles.size < 2 || round < 4); round += 1) {
    if (round > 0 && round % 4 === 0) {
      // With another ID: one that is close to an end of the range would nearly always have the same role.
      await minji.leave();
      await minji.turnOn("microphone");
      await minji.turnOn("camera");
      await minji.join();
      self = (await minji.selfId()) ?? "";
    }
    const role = round % 4 === 3 ? "eager" : "crossing";
    const other = await outsider({ role, name: `Eager ${round}` });
    await other.expectVideoFrom(self);
    await other.expectAudioFrom(self);
    await minji.expectToSeeAndHear(`Eager ${round}`);
    const link = await other.link(self);
    const offers = link?.history.filter((entry) => entry.includes("receives offer")) ?? [];
    expect(offers.length, `offers without end:\n${link?.history.join("\n")}`).toBeLessThan(6);
    if (link?.glares) {
      glares += link.glares;
      roles.add(self > other.id ? "Maru is polite" : "Maru is impolite");
    }
    await other.leave();
    await minji.expectGone(`Eager ${round}`);
    await other.close();
  }
  expect(glares, "no offers crossed, so glare was not tested").toBeGreaterThan(0);
  expect([...roles].sort()).toEqual(["Maru is impolite", "Maru is polite"]);
});

test("both join at the same moment, repeatedly", async ({ visit }) => {
  const minji = await visit("Minji");
  const juno = await visit("Juno");
  for (let round = 0; round < 3; round += 1) {
    // Leaving has turned it off.
    await Promise.all([minji.turnOn("camera"), juno.turnOn("camera")]);
    await Promise.all([minji.join(), juno.join()]);
    await minji.expectVideoOf(juno);
    await juno.expectVideoOf(minji);
    await Promise.all([minji.leave(), juno.leave()]);
  }
});

test("both start and stop sharing at the same moment, repeatedly", async ({ enter }) => {
  const minji = await enter("Minji");
  const juno = await enter("Juno");
  await minji.expectToSeeAndHear(juno);
  for (let round = 0; round < 3; round += 1) {
    await Promise.all([minji.press(en.dock.share), juno.press(en.dock.share)]);
    await minji.expectVideoOf(juno, "screen");
    await juno.expectVideoOf(minji, "screen");
    await Promise.all([minji.press(en.dock.stopShare), juno.press(en.dock.stopShare)]);
    await minji.expectState(juno, { screen: false });
    await juno.expectState(minji, { screen: false });
  }
  await minji.expectToSeeAndHear(juno);
  await juno.expectToSeeAndHear(minji);
});
