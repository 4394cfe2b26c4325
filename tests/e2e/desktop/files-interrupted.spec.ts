import { writeRandom } from "./file-tree";
import { expect, sendLarge, stepOf, test } from "./files-test";

/** Bytes of the transfer whose receiver crashes, and per cent of them that this can cost: 80 MiB at most. */
const [CRASH_BYTES, DURABLE_LAG] = [200_000_000, 45];

test("a transfer goes on after whatever interrupts either app", async ({ arrive, server }) => {
  // Long: the apps start once for all of it.
  test.setTimeout(480_000);
  const minji = await arrive("Minji");
  const juno = await arrive("Juno");
  const people = [minji, juno];

  for (const who of ["sender", "receiver"] as const) {
    await stepOf(people, `a reload of the ${who}'s page leaves the transfer as it is`, async () => {
      const large = await sendLarge(minji, juno);
      const person = large[who];
      const before = await person.reach(1);
      await person.window.reload();
      // The room, and its transfers, come back with the page.
      await person.expectInCall();
      await person.openFiles();
      const [shown] = await person.transfers();
      expect(shown?.state).toMatch(/^(active|done)$/);
      expect(shown?.percent ?? 100).toBeGreaterThanOrEqual(before);
      await large.expectArrival();
    });

    await stepOf(people, `it waits while the ${who} is out of the room`, async () => {
      const large = await sendLarge(minji, juno);
      const person = large[who];
      const other = who === "sender" ? large.receiver : large.sender;
      await person.reach(1);
      await person.leave();
      await other.expectTransfer("waiting", `${person.name} is away`);
      await person.rejoin();
      await person.openFiles();
      await large.expectArrival();
    });
  }

  await stepOf(people, "the receiver's app was killed and started again", async () => {
    const { sender, receiver, expectArrival } = await sendLarge(minji, juno, CRASH_BYTES);
    // All but the last checkpoint of it is durable, and what is in flight.
    const before = await sender.reach(60);
    await receiver.crashAndReturn(async () => {
      await sender.expectTransfer("waiting", `${receiver.name} is away`);
      expect((await sender.transfers())[0]?.percent).toBeGreaterThanOrEqual(before);
      expect(await receiver.records()).toHaveLength(1);
    });
    await receiver.openFiles();
    // What was durable is not sent again.
    expect(await receiver.reach(1)).toBeGreaterThanOrEqual(before - DURABLE_LAG);
    await expectArrival();
  });

  await stepOf(people, "the sender's app was killed and started again", async () => {
    const { sender, receiver, expectArrival } = await sendLarge(minji, juno);
    await receiver.reach(10);
    await sender.crashAndReturn(async () => {
      await receiver.expectTransfer("waiting", `${sender.name} is away`);
    });
    await sender.openFiles();
    await expectArrival();
  });

  await stepOf(people, "the server is gone, and is started again", async () => {
    const { sender, receiver, expectArrival } = await sendLarge(minji, juno, CRASH_BYTES);
    await receiver.reach(1);
    await server.kill();
    // Its connection needs no server.
    const now = await receiver.reach(2);
    await server.start();
    await receiver.reach(now + 1);
    await expectArrival();
    // Each knows who the other is now: the next file goes the same way.
    await writeRandom(sender.path("next.bin"), 1_000);
    await sender.drop(receiver, sender.path("next.bin"));
    await receiver.accept();
    await expect
      .poll(async () => (await receiver.transfers()).map(({ state }) => state))
      .toEqual(["done", "done"]);
  });
});
