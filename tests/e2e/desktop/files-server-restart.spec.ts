import { writeRandom } from "./file-tree";
import { expect, test } from "./files-test";

test("a transfer goes on while the server is gone, and after its restart", async ({ large, server }) => {
  const { sender, receiver } = large;
  await receiver.reach(1);
  await server.kill();
  // Its connection needs no server.
  const now = await receiver.reach(2);
  await server.start();
  await receiver.reach(now + 1);
  await large.expectArrival();
  // Each knows who the other is now: the next file goes the same way.
  await writeRandom(sender.path("next.bin"), 1_000);
  await sender.drop(receiver, sender.path("next.bin"));
  await receiver.accept();
  await expect
    .poll(async () => (await receiver.transfers()).map(({ state }) => state))
    .toEqual(["done", "done"]);
});
