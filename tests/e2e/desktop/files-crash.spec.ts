import { expect, test } from "./files-test";

test("a transfer goes on after the receiver's app was killed and started again", async ({ large }) => {
  const { sender, receiver } = large;
  // Some of it is durable, as the sender's panel says.
  const before = await sender.reach(10);
  await receiver.crashAndReturn(async () => {
    await sender.expectTransfer("waiting", `${receiver.name} is away`);
    expect((await sender.transfers())[0]?.percent).toBeGreaterThanOrEqual(before);
    expect(await receiver.records()).toHaveLength(1);
  });
  await receiver.openFiles();
  // What was durable is not sent again.
  expect(await receiver.reach(1)).toBeGreaterThanOrEqual(before);
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
