import { expect } from "@playwright/test";
import { en } from "../../../ui/src/i18n/en";
import { enterWithEverything, expectPicture, requireNativeEngine, shareScreen } from "./native";
import { test } from "./test";
import { button } from "./webdriver";

test("the app and a guest share their screens beside their cameras, also both and repeatedly", async ({
  app,
  enter,
  room,
}) => {
  const size = { width: 320, height: 240, frameRate: 10 };
  await enterWithEverything(app, room, "Desk", size);
  await requireNativeEngine(app);
  const guest = await enter("Guest");
  await guest.expectToSeeAndHear("Desk");
  const stopInApp = async (turn: string) => {
    await app.window.click(button(en.dock.stopShare));
    await guest.expectState("Desk", { screen: false });
    await expect(guest.page.locator(screenOf(await guest.idOf("Desk"))), turn).toHaveCount(0);
  };

  await test.step("a guest sees the screen that the app shares beside its camera", async () => {
    await shareScreen(app, size);
    await guest.expectPictureOf("Desk", "screen");
    await guest.expectToSeeAndHear("Desk");
    await expectPicture(app);
    await stopInApp("alone");
  });

  await test.step("a browser that shares sees a screen that the app shares later, repeatedly", async () => {
    await guest.share();
    await expectPicture(app, "screen");
    for (const turn of ["first", "second"]) {
      await shareScreen(app, size);
      await guest.expectVideoOf("Desk", "screen");
      await expectPicture(app, "screen");
      await stopInApp(turn);
    }
  });

  await test.step("the guest's own screen stops and starts as well", async () => {
    await guest.press(en.dock.stopShare);
    await guest.share();
    await expectPicture(app, "screen");
    await guest.expectToSeeAndHear("Desk");
  });
});

function screenOf(participant: string): string {
  return `[data-testid="tile"][data-participant="${participant}"][data-kind="screen"]`;
}
