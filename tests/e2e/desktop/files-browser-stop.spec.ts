import { writeRandom } from "./file-tree";
import { expect, mixedStep, SIDES, test, transfer } from "./files-mixed-test";

for (const desktopIs of SIDES) {
  const way = desktopIs === "sender" ? "to a browser" : "from a browser";

  test(`transfers of the desktop app ${way} are declined, cancelled and paused`, async ({ meet }) => {
    // Long: app and browser start once for all of it.
    test.setTimeout(480_000);
    const mixed = await meet();
    const { desktop, guest } = mixed;

    await mixedStep(mixed, "an offer is declined, and nothing stays", async () => {
      await writeRandom(desktop.path("a.bin"), 1_000);
      if (desktopIs === "sender") {
        await desktop.drop(guest, desktop.path("a.bin"));
        await guest.decline();
      } else {
        await guest.send(desktop.path("a.bin"));
        await desktop.decline();
      }
      await guest.expectState("declined");
      await desktop.expectState("declined");
      expect(await desktop.received()).toEqual([]);
      await expect.poll(() => guest.stored()).toEqual([]);
      await expect.poll(() => desktop.records()).toEqual([]);
    });

    for (const who of SIDES) {
      await mixedStep(mixed, `it is cancelled by its ${who}`, async () => {
        const large = await transfer(mixed, desktopIs);
        await large[who].reach(1, "cancel");
        await large.sender.expectState("cancelled");
        await large.receiver.expectState("cancelled");
        await expect.poll(() => desktop.received(), { message: "the folder for downloads" }).toEqual([]);
        await expect.poll(() => desktop.records()).toEqual([]);
        await expect.poll(() => desktop.filesInUse()).toEqual([]);
        await expect.poll(() => guest.stored()).toEqual([]);
      });
    }

    await mixedStep(mixed, "it pauses on both sides, and goes on", async () => {
      const { sender, receiver, expectArrival } = await transfer(mixed, desktopIs);
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
  });
}
