import { writeRandom } from "./file-tree";
import { expect, sendLarge, stepOf, test } from "./files-test";

test("offers are declined and withdrawn, transfers are cancelled and paused, by either side", async ({
  arrive,
}) => {
  // Long: the apps start once for all of it.
  test.setTimeout(480_000);
  const minji = await arrive("Minji");
  const juno = await arrive("Juno");
  const people = [minji, juno];

  await stepOf(people, "a declined offer leaves nothing", async () => {
    await writeRandom(minji.path("a.bin"), 1_000);
    await minji.drop(juno, minji.path("a.bin"));
    await juno.decline();
    await minji.expectTransfer("declined", "Juno declined it");
    await juno.openFiles();
    await juno.expectTransfer("declined", "You declined it");
    expect(await juno.received()).toEqual([]);
    await expect.poll(() => minji.records()).toEqual([]);
    expect(await juno.records()).toEqual([]);
  });

  await stepOf(people, "an offer that is cancelled before its answer is gone", async () => {
    await writeRandom(minji.path("a.bin"), 1_000);
    await minji.drop(juno, minji.path("a.bin"));
    await juno.expectOffer();
    await minji.press("cancel");
    await minji.expectTransfer("cancelled", "Cancelled");
    await juno.openFiles();
    await juno.expectTransfer("cancelled", "Cancelled");
    await expect.poll(() => minji.records()).toEqual([]);
  });

  for (const who of ["sender", "receiver"] as const) {
    await stepOf(people, `the ${who} cancels in the middle, and no part of the file stays`, async () => {
      const large = await sendLarge(minji, juno);
      const { sender, receiver } = large;
      // From 100 MB on it asks before it cancels.
      await large[who].reach(1, "cancel");
      await sender.expectTransfer("cancelled", "Cancelled");
      await receiver.expectTransfer("cancelled", "Cancelled");
      await expect.poll(() => receiver.received(), { message: "the folder for downloads" }).toEqual([]);
      await expect.poll(() => receiver.records()).toEqual([]);
      await expect.poll(() => sender.records()).toEqual([]);
      // Nothing is written any more, also not to what is removed, and nothing is read.
      await expect.poll(() => receiver.filesInUse()).toEqual([]);
      await expect.poll(() => sender.filesInUse()).toEqual([]);
      // The source is untouched.
      expect(await large.hashOfSource()).toBe(large.hash);
    });

    await stepOf(people, `the ${who} pauses, and resumes`, async () => {
      const large = await sendLarge(minji, juno);
      const other = who === "sender" ? large.receiver : large.sender;
      await large[who].reach(1, "pause");
      await large[who].expectTransfer("paused", "Paused by you");
      await other.expectTransfer("paused", `Paused by ${large[who].name}`);
      const [before] = await other.transfers();
      expect(before?.percent).toBeLessThan(100);

      // Both: it goes on when both have resumed.
      await other.press("pause");
      await large[who].expectTransfer("paused", `Paused by you and ${other.name}`);
      await large[who].press("resume");
      await large[who].expectTransfer("paused", `Paused by ${other.name}`);
      await other.press("resume");
      await large.expectArrival();
    });
  }
});
