import { en } from "../../../ui/src/i18n/en";
import { joinAs } from "./native";
import { NativeDialog, requestClose } from "./native-dialog";
import { expect, expectTile, test } from "./test";
import { button, byTestId } from "./webdriver";

test("the app and a browser guest see each other join and leave", async ({ app, visit, room }) => {
  await expect.poll(() => app.window.count(byTestId("start-join"))).toBe(1);
  await app.picture("start");
  await joinAs(app.window, room, "Desk");

  const guest = await visit("Guest");
  await guest.join();
  await expectTile(app.window, "Guest");
  await guest.idOf("Desk");
  await expect(guest.tile("Desk")).toBeVisible();
  await app.picture("call");

  await app.window.click(button(en.dock.leave));
  await expect.poll(() => app.window.count(byTestId("start-join"))).toBe(1);
  await guest.expectGone("Desk");

  // The same room again, at once, and this time the guest leaves first.
  await app.window.click(byTestId("start-join"));
  await expectTile(app.window, "Guest");
  await guest.leave();
  await expectTile(app.window, "Guest", false);
});

test("a reloaded page is still in its room", async ({ app, visit, room }) => {
  const guest = await visit("Guest");
  await guest.join();
  await joinAs(app.window, room, "Desk");
  await expectTile(app.window, "Guest");
  const before = await guest.idOf("Desk");

  await app.window.reload();
  await expectTile(app.window, "Guest");
  await expectTile(app.window, "Desk");
  // The same participant, who never left for the others.
  expect(await guest.idOf("Desk")).toBe(before);

  // And it still gets events.
  await guest.leave();
  await expectTile(app.window, "Guest", false);
});

test("the app reconnects after a restart of the server", async ({ app, server, visit, room }) => {
  const guest = await visit("Guest");
  await guest.join();
  await joinAs(app.window, room, "Desk");
  await expectTile(app.window, "Guest");
  const before = await guest.idOf("Desk");

  await server.kill();
  await server.start();
  await expect
    .poll(async () => {
      const desk = await guest.seen("Desk");
      return desk !== undefined && !desk.absent && desk.id !== before;
    })
    .toBe(true);
  await expectTile(app.window, "Guest");
});

test("closing the window asks in a call, and leaves the room", async ({ app, visit, room }) => {
  const guest = await visit("Guest");
  await guest.join();
  await joinAs(app.window, room, "Desk");
  await guest.idOf("Desk");
  await requestClose(app.environment);
  await (await NativeDialog.find(app.environment, "Quit Maru?")).cancel();
  expect(await guest.seen("Desk")).toMatchObject({ absent: false });
  await requestClose(app.environment);
  await (await NativeDialog.find(app.environment, "Quit Maru?")).confirm();
  await guest.expectGone("Desk");
  await expect.poll(() => app.webProcess()).toBe(0);
});

test("entered settings are saved in the app's own file", async ({ app, room }) => {
  await joinAs(app.window, room, "민지");
  await expect.poll(async () => (await app.settings()).name).toBe("민지");
});
