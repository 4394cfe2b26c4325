import { en } from "../../../ui/src/i18n/en";
import { SignalingServer } from "../fixtures/server";
import { DesktopApp } from "./app";
import { joinAs } from "./native";
import { expect, expectTile, test } from "./test";
import { button, byTestId } from "./webdriver";

const { leave, server: otherServer } = en.places;

test("a second start opens its room in the app that runs, and asks before it leaves a call or a server", async ({
  app,
  visit,
  room,
}) => {
  const { window } = app;
  const other = await SignalingServer.start();
  const roomInput = () => window.value(byTestId("room-input"));
  await expect.poll(() => window.count(byTestId("start-join"))).toBe(1);
  expect(await app.startAgain("우리집")).toBe(0);
  await expect.poll(roomInput).toBe("우리집");
  // Its own arguments, as ever.
  expect(await app.startAgain("a b")).toBe(1);

  const guest = await visit("Guest");
  await guest.join();
  await joinAs(window, room, "Desk");
  await expectTile(window, "Guest");
  expect(await app.startAgain(room)).toBe(0);
  expect(await app.startAgain("plan")).toBe(0);
  await expect.poll(() => window.count(button(leave.stay))).toBe(1);
  await app.picture("leave-question");
  await window.click(button(leave.stay));
  await guest.idOf("Desk");

  expect(await app.startAgain(`${other.origin}/r/plan/?fbclid=1`)).toBe(0);
  await expect.poll(() => window.count(button(leave.leave))).toBe(1);
  await window.click(button(leave.leave));
  await guest.expectGone("Desk");
  await expect.poll(() => window.count(button(otherServer.use))).toBe(1);
  await app.picture("server-question");
  await window.click(button(otherServer.use));
  await expect.poll(roomInput).toBe("plan");
  expect(await other.metric("maru_participants")).toBe(0);
  await window.click(byTestId("start-join"));
  await expect.poll(() => other.metric("maru_participants")).toBe(1);
  await expect
    .poll(async () => (await app.settings()).recentRooms)
    .toMatchObject([{ server: other.origin, room: "plan" }, { room }]);
  // The server of the command line is never saved.
  expect(await app.settings()).toMatchObject({ serverUrl: "http://localhost:7880" });
  await other.stop();
});

test("the first start asks for the server of a link, and joins by one of the field there", async ({
  server,
  room,
}) => {
  const other = await SignalingServer.start();
  const app = await DesktopApp.start({ server: server.origin, args: [`${other.origin}/r/plan`] });
  const { window } = app;
  await expect.poll(() => window.count(button(otherServer.use))).toBe(1);
  await window.click(button(en.common.cancel));
  await window.fill(byTestId("room-input"), `${other.origin}/r/${room}`);
  await window.click(byTestId("start-join"));
  await expect.poll(() => window.count(button(otherServer.useAndJoin))).toBe(1);
  await window.click(button(otherServer.useAndJoin));
  await expect.poll(() => window.count(byTestId("dock"))).toBe(1);
  expect(await other.metric("maru_participants")).toBe(1);
  await app.close();
  await other.stop();
});
