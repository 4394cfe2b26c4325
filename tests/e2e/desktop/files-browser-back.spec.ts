import { expect, mixedStep, SHORTER, SIDES, test, transfer } from "./files-mixed-test";

/** Per cent that an interruption can cost: what is in flight and the last checkpoint, 32 MiB at most. */
const DURABLE_LAG = 45;

for (const desktopIs of SIDES) {
  const way = desktopIs === "sender" ? "to a browser" : "from a browser";

  test(`a transfer ${way} goes on after whatever interrupts it`, async ({ meet, server }) => {
    // Long: app and browser start once for all of it.
    test.setTimeout(480_000);
    const mixed = await meet();
    const { desktop, guest } = mixed;

    if (desktopIs === "sender") {
      await mixedStep(mixed, "the page of the receiver is loaded again", async () => {
        const { expectArrival } = await transfer(mixed, "sender");
        await guest.reach(50, "pause");
        await desktop.expectState("paused");
        const before = await guest.progress();
        await guest.person.page.reload();
        await desktop.expectTransfer("waiting");
        await guest.person.join();
        await guest.expectState("paused");
        // What it has stored is not sent again.
        expect(await guest.progress()).toBeGreaterThan(before - DURABLE_LAG);
        expect(await guest.progress()).toBeLessThan(100);
        await guest.press("resume");
        await expectArrival();
      });
    } else {
      await mixedStep(mixed, "the page of the sender is loaded again and given the same file", async () => {
        const { path, expectArrival } = await transfer(mixed, "receiver");
        await desktop.reach(50, "pause");
        await guest.expectState("paused");
        await guest.person.page.reload();
        await guest.person.join();
        await guest.open();
        await guest.choose(guest.reselect("files"), path);
        await expect(guest.reselect("files")).toBeHidden();
        await guest.expectState("paused");
        await desktop.press("resume");
        // What is durable is not sent again.
        expect(await desktop.reach(1)).toBeGreaterThan(50 - DURABLE_LAG);
        await expectArrival();
      });

      await mixedStep(mixed, "what the page has lost with its files can be cancelled", async () => {
        await transfer(mixed, "receiver");
        await desktop.reach(10);
        await guest.person.page.reload();
        await desktop.expectTransfer("waiting");
        await guest.person.join();
        await guest.open();
        await expect(guest.reselect("files")).toBeVisible();
        await desktop.press("cancel");
        await desktop.expectTransfer("cancelled");
        await guest.expectState("cancelled");
        await expect.poll(() => desktop.received()).toEqual([]);
        await expect.poll(() => desktop.records()).toEqual([]);
      });
    }

    await mixedStep(mixed, "it waits while the desktop app is out of the room", async () => {
      const { expectArrival } = await transfer(mixed, desktopIs, SHORTER);
      await desktop.reach(10);
      await desktop.leave();
      await guest.expectState("waiting");
      await desktop.rejoin();
      await expectArrival();
    });

    await mixedStep(mixed, "it waits while the browser is out of the room", async () => {
      const { expectArrival } = await transfer(mixed, desktopIs, SHORTER);
      await desktop.reach(10);
      await guest.person.leave();
      await desktop.expectTransfer("waiting");
      await guest.person.join();
      await expectArrival();
    });

    await mixedStep(mixed, "the desktop app was killed and started again", async () => {
      const { expectArrival } = await transfer(mixed, desktopIs);
      await guest.reach(60);
      await desktop.crashAndReturn(async () => {
        await guest.expectState("waiting");
        expect(await desktop.records()).toHaveLength(1);
      });
      await desktop.openFiles();
      // What is durable is not sent again.
      expect(await desktop.reach(1)).toBeGreaterThan(60 - DURABLE_LAG);
      await expectArrival();
    });

    await mixedStep(mixed, "the server is gone, and is started again", async () => {
      const { expectArrival } = await transfer(mixed, desktopIs);
      await desktop.reach(5);
      const before = await guest.person.selfId();
      await server.kill();
      // Its connection needs no server.
      const now = await desktop.reach(10);
      await server.start();
      await expect.poll(() => guest.person.selfId()).not.toBe(before);
      await desktop.reach(now + 1);
      await expectArrival();
    });
  });
}
