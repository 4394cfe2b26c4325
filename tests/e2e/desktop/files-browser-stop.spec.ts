import { writeRandom } from "./file-tree";
import { expect, SIDES, test } from "./files-mixed-test";

test("the desktop app declines an offer of a browser, and nothing stays", async ({ meet }) => {
  const { desktop, guest } = await meet();
  await writeRandom(desktop.path("a.bin"), 1_000);
  await guest.send(desktop.path("a.bin"));
  await desktop.decline();
  await guest.expectState("declined");
  await desktop.expectState("declined");
  expect(await desktop.received()).toEqual([]);
  await expect.poll(() => desktop.records()).toEqual([]);
});

test("a browser declines an offer of the desktop app, and nothing stays", async ({ meet }) => {
  const { desktop, guest } = await meet();
  await writeRandom(desktop.path("a.bin"), 1_000);
  await desktop.drop(guest, desktop.path("a.bin"));
  await guest.decline();
  await desktop.expectState("declined");
  await guest.expectState("declined");
  await expect.poll(() => guest.stored()).toEqual([]);
  await expect.poll(() => desktop.records()).toEqual([]);
});

for (const desktopIs of SIDES) {
  const way = desktopIs === "sender" ? "to a browser" : "from a browser";

  for (const who of SIDES) {
    test(`a transfer of the desktop app ${way} is cancelled by its ${who}`, async ({ transfer }) => {
      const large = await transfer(desktopIs);
      const { sender, receiver, desktop, guest } = large;
      await large[who].reach(1, "cancel");
      await sender.expectState("cancelled");
      await receiver.expectState("cancelled");
      await expect.poll(() => desktop.received(), { message: "the folder for downloads" }).toEqual([]);
      await expect.poll(() => desktop.records()).toEqual([]);
      await expect.poll(() => desktop.filesInUse()).toEqual([]);
      await expect.poll(() => guest.stored()).toEqual([]);
    });
  }

  test(`a transfer of the desktop app ${way} pauses on both sides, and goes on`, async ({ transfer }) => {
    const { sender, receiver, expectArrival } = await transfer(desktopIs);
    for (const [one, other] of [
      [sender, receiver],
      [receiver, sender],
    ] as const) {
      await one.reach(1, "pause");
      await one.expectState("paused");
      await other.expectState("paused");
      // It goes on when both have resumed.
      await other.press("pause");
      await one.press("resume");
      await one.expectState("paused");
      await other.press("resume");
    }
    await expectArrival();
  });
}
