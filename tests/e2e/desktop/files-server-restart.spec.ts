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
  // Both are in the room again, and can send again.
  expect(
    await sender.window.evaluate("return document.querySelectorAll('[data-testid=\"tile\"]').length"),
  ).toBe(2);
});
