import { en } from "../../../ui/src/i18n/en";
import { test } from "./lab-test";
import { engine, expectPicture, expectVoice, joinAs, showCall, turnOn } from "./native";
import { expect } from "./test";
import { button } from "./webdriver";

test("a call goes on when the app's network changes", async ({ app, lab, enter, room }) => {
  await showCall(app.window);
  test.skip((await engine(app)) === "webview", "this webview makes calls by itself");
  await turnOn(app.window, "camera");
  await turnOn(app.window, "microphone");
  await joinAs(app.window, room, "Desk");
  const guest = await enter("Guest");
  await guest.expectToSeeAndHear("Desk");
  await expectPicture(app);
  const before = await guest.idOf("Desk");

  // The way to the server changes with it: what ICE has to say waits for another socket.
  await lab.move(lab.one, "10.78.0.1");
  await guest.expectToSeeAndHear("Desk");
  await expectPicture(app);
  await expectVoice(app);
  await guest.expectConnectedTo("Desk");
  await expect
    .poll(() => app.window.evaluate("return __maruCall.getState().participants.map(({ link }) => link)"))
    .toEqual(["connected"]);

  // The same participant, who was not away for anybody, and whom the server reaches.
  await expect.poll(() => guest.seen("Desk")).toMatchObject({ id: before, absent: false });
  await app.window.click(button(en.dock.cameraOff));
  await guest.expectState("Desk", { camera: false });
});
