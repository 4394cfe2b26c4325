import { expect, test } from "./files-test";

/** Percent of the file that a crash can cost. */
const DURABLE_LAG = 30;

test("a transfer goes on after the receiver's app was killed and started again", async ({ large }) => {
  const { sender, receiver } = large;
  // All but the last checkpoint of it is durable, and what is in flight: 80 MiB at most.
  const before = await sender.reach(40);
  await receiver.crashAndReturn(async () => {
    await sender.expectTransfer("waiting", `${receiver.name} is away`);
    expect((await sender.transfers())[0]?.percent).toBeGreaterThanOrEqual(before);
    expect(await receiver.records()).toHaveLength(1);
  });
  await receiver.openFiles();
  // What was durable is not sent again.
  expect(await receiver.reach(1)).toBeGreaterThanOrEqual(before - DURABLE_LAG);
  await large.expectArrival();
});

test("a transfer goes on after the sender's app was killed and started again", async ({ large }) => {
  const { sender, receiver } = large;
  await receiver.reach(10);
  await sender.crashAndReturn(async () => {
    await receiver.expectTransfer("waiting", `${sender.name} is away`);
  });
  await sender.openFiles();
  await large.expectArrival();
});
