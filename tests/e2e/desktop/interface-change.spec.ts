import { en } from "../../../ui/src/i18n/en";
import type { Person } from "../fixtures/person";
import type { DesktopApp } from "./app";
import { test } from "./lab-test";
import { expectAudio, expectPicture, joinAs, requireNativeEngine, showCall, turnOn } from "./native";
import { expect } from "./test";
import { button } from "./webdriver";

async function enterAsDesk(app: DesktopApp, room: string): Promise<void> {
  await showCall(app.window);
  await requireNativeEngine(app);
  await turnOn(app.window, "camera");
  await turnOn(app.window, "microphone");
  await joinAs(app.window, room, "Desk");
}

/** Both see and hear each other as before, and neither has left for the other. */
async function expectCallToGoOn(app: DesktopApp, guest: Person, desk: string): Promise<void> {
  await guest.expectToSeeAndHear("Desk");
  await expectPicture(app);
  await expectAudio(app);
  await guest.expectConnectedTo("Desk");
  await expect
    .poll(() => app.window.evaluate("return __maruCall.getState().participants.map(({ link }) => link)"))
    .toEqual(["connected"]);
  await expect.poll(() => guest.seen("Desk")).toMatchObject({ id: desk, absent: false });
  await app.window.click(button(en.dock.cameraOff));
  await guest.expectState("Desk", { camera: false });
}

// The path to the server changes too: ICE signals need another socket first.

test("a call continues when the app's network changes", async ({ app, lab, enter, room }) => {
  await enterAsDesk(app, room);
  const guest = await enter("Guest");
  await guest.expectToSeeAndHear("Desk");
  await expectPicture(app);
  const desk = await guest.idOf("Desk");

  await lab.move(lab.one, "10.78.0.1");
  await expectCallToGoOn(app, guest, desk);
});

test("a call continues after the app had no network for a while", async ({ app, lab, enter, room }) => {
  await enterAsDesk(app, room);
  const guest = await enter("Guest");
  await guest.expectToSeeAndHear("Desk");
  await expectPicture(app);
  const desk = await guest.idOf("Desk");

  await lab.leave(lab.one);
  // By then both have restarted ICE without success.
  await expect.poll(async () => (await guest.seen("Desk"))?.link).toBe("reconnecting");
  await lab.move(lab.one, "10.78.0.1");
  await expectCallToGoOn(app, guest, desk);
});
