import { en } from "../../../ui/src/i18n/en";
import { engine, expectAudio, expectPicture, joinAs, requireNativeEngine, showCall, turnOn } from "./native";
import { expect, expectTile, test } from "./test";
import { button } from "./webdriver";

test("the app and a browser guest see and hear each other", async ({ app, enter, room }) => {
  await showCall(app.window);
  await requireNativeEngine(app);
  expect(await engine(app)).toBe("native");
  await turnOn(app.window, "camera");
  await turnOn(app.window, "microphone");
  await app.picture("native-start");
  await joinAs(app.window, room, "Desk");

  const guest = await enter("Guest");
  await expectTile(app.window, "Guest");
  await guest.expectToSeeAndHear("Desk");
  await guest.expectLevelOf("Desk");
  await expectPicture(app);
  await expectAudio(app);
  await app.picture("native-call");

  // Chat, over the native engine's data channel.
  await guest.say("안녕");
  await expect
    .poll(() => app.window.evaluate("return __maruCall.getState().chat.map((message) => message.text)"))
    .toEqual(["안녕"]);
  await app.window.evaluate(`__maruCall.sendChat("from the desk")`);
  await expect(guest.chatLog).toContainText("from the desk");

  // Camera off and on again: no negotiation, and the guest gets the new state.
  await app.window.click(button(en.dock.cameraOff));
  await guest.expectState("Desk", { camera: false });
  await app.window.click(button(en.dock.cameraOn));
  await guest.expectState("Desk", { camera: true });
  await guest.expectToSeeAndHear("Desk");

  // The guest's screen, as a second video.
  await guest.share();
  await expectPicture(app, "screen");
});

test("a page that reloads during a call is in the call again", async ({ app, enter, room }) => {
  await showCall(app.window);
  await requireNativeEngine(app);
  await turnOn(app.window, "camera");
  await joinAs(app.window, room, "Desk");
  const guest = await enter("Guest");
  await expectPicture(app);

  await app.window.reload();
  await expectTile(app.window, "Guest");
  await expectPicture(app);
  await expectAudio(app);
  await guest.expectConnectedTo("Desk");
});

test("a page whose web process crashes during a call is loaded again and is in the call again", async ({
  app,
  enter,
  room,
}) => {
  await showCall(app.window);
  await requireNativeEngine(app);
  await turnOn(app.window, "camera");
  await turnOn(app.window, "microphone");
  await joinAs(app.window, room, "Desk");
  const guest = await enter("Guest");
  await guest.expectToSeeAndHear("Desk");

  const pid = await app.webProcess();
  expect(pid).toBeGreaterThan(0);
  process.kill(pid, "SIGKILL");
  await expect.poll(async () => [0, pid].includes(await app.webProcess())).toBe(false);
  // As after a reload: in the room again, and sending audio and video only when the person turns them on. The driver
  // accepts no more commands for a page that crashed; the guest's page shows that the new one works.
  await guest.expectState("Desk", { camera: false, microphone: false });
  await guest.expectConnectedTo("Desk");
});

test("a killed app disappears for the others", async ({ app, enter, room }) => {
  await showCall(app.window);
  await requireNativeEngine(app);
  await turnOn(app.window, "microphone");
  await joinAs(app.window, room, "Desk");
  const guest = await enter("Guest");
  await guest.expectConnectedTo("Desk");
  await app.close();
  await guest.expectGone("Desk");
});
