import { en } from "../../../ui/src/i18n/en";
import { joinAs } from "./native";
import { NativeDialog, requestClose } from "./native-dialog";
import { expect, expectTile, test } from "./test";
import { button, byTestId } from "./webdriver";

/** Also in the settings, where it is saved. */
const NAME = "민지";

test("the app is in a room with a browser guest until one of them leaves, whatever reloads or restarts", async ({
  app,
  server,
  visit,
  room,
}) => {
  const { window } = app;
  const guest = await visit("Guest");

  await test.step("they see each other join and leave", async () => {
    await expect.poll(() => window.count(byTestId("start-join"))).toBe(1);
    await app.picture("start");
    await joinAs(window, room, NAME);

    await guest.join();
    await expectTile(window, "Guest");
    await guest.idOf(NAME);
    await expect(guest.tile(NAME)).toBeVisible();
    await app.picture("call");

    await window.click(button(en.dock.leave));
    await expect.poll(() => window.count(byTestId("start-join"))).toBe(1);
    await guest.expectGone(NAME);

    // The same room again, at once, and this time the guest leaves first.
    await window.click(byTestId("start-join"));
    await expectTile(window, "Guest");
    await guest.leave();
    await expectTile(window, "Guest", false);
  });

  await test.step("entered settings are saved in the app's own file", async () => {
    await expect.poll(async () => (await app.settings()).name).toBe(NAME);
  });

  await test.step("a reloaded page is still in its room", async () => {
    await guest.join();
    await expectTile(window, "Guest");
    const before = await guest.idOf(NAME);

    await window.reload();
    await expectTile(window, "Guest");
    await expectTile(window, NAME);
    // The same participant, who never left for the others.
    expect(await guest.idOf(NAME)).toBe(before);

    // And it still gets events.
    await guest.leave();
    await expectTile(window, "Guest", false);
  });

  await test.step("the app reconnects after a restart of the server", async () => {
    await guest.join();
    await expectTile(window, "Guest");
    const before = await guest.idOf(NAME);

    await server.kill();
    await server.start();
    await expect
      .poll(async () => {
        const desk = await guest.seen(NAME);
        return desk !== undefined && !desk.absent && desk.id !== before;
      })
      .toBe(true);
    await expectTile(window, "Guest");
  });

  await test.step("closing the window asks in a call, and leaves the room", async () => {
    await guest.idOf(NAME);
    await requestClose(app.environment);
    await (await NativeDialog.find(app.environment, "Quit Maru?")).cancel();
    expect(await guest.seen(NAME)).toMatchObject({ absent: false });
    await requestClose(app.environment);
    await (await NativeDialog.find(app.environment, "Quit Maru?")).confirm();
    await guest.expectGone(NAME);
    await expect.poll(() => app.webProcess()).toBe(0);
  });
});
