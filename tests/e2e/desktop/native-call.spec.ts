import { en } from "../../../ui/src/i18n/en";
import { engine, expectAudio, expectPicture, joinAs, requireNativeEngine, showCall, turnOn } from "./native";
import { expect, expectTile, test } from "./test";
import { button } from "./webdriver";

test("the app and a browser guest are in a call, which goes on after a reload and a crash of the page", async ({
  app,
  enter,
  room,
}) => {
  // Long: app and browser start once for all of it.
  test.setTimeout(480_000);
  const { window } = app;
  await showCall(window);
  await requireNativeEngine(app);
  expect(await engine(app)).toBe("native");
  await turnOn(window, "camera");
  await turnOn(window, "microphone");
  await app.picture("native-start");
  await joinAs(window, room, "Desk");
  const guest = await enter("Guest");

  await test.step("they see and hear each other", async () => {
    await expectTile(window, "Guest");
    await guest.expectToSeeAndHear("Desk");
    await guest.expectLevelOf("Desk");
    await expectPicture(app);
    await expectAudio(app);
    await app.picture("native-call");
  });

  await test.step("chat, over the native engine's data channel", async () => {
    await guest.say("안녕");
    await expect
      .poll(() => window.evaluate("return __maruCall.getState().chat.map((message) => message.text)"))
      .toEqual(["안녕"]);
    await window.evaluate(`__maruCall.sendChat("from the desk")`);
    await expect(guest.chatLog).toContainText("from the desk");
  });

  await test.step("camera off and on again: no negotiation, and the guest gets the new state", async () => {
    await window.click(button(en.dock.cameraOff));
    await guest.expectState("Desk", { camera: false });
    await window.click(button(en.dock.cameraOn));
    await guest.expectState("Desk", { camera: true });
    await guest.expectToSeeAndHear("Desk");
  });

  await test.step("the guest's screen, as a second video", async () => {
    await guest.share();
    await expectPicture(app, "screen");
    await guest.press(en.dock.stopShare);
  });

  await test.step("a page that reloads is in the call again", async () => {
    await window.reload();
    await expectTile(window, "Guest");
    await expectPicture(app);
    await expectAudio(app);
    await guest.expectConnectedTo("Desk");
  });

  await test.step("a page whose web process crashes is loaded again and is in the call again", async () => {
    await window.click(button(en.dock.cameraOn));
    await window.click(button(en.dock.unmute));
    await guest.expectState("Desk", { camera: true, microphone: true });
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

  await test.step("a killed app disappears for the others", async () => {
    await app.close();
    await guest.expectGone("Desk");
  });
});
