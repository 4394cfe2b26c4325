import { en } from "../../../ui/src/i18n/en";
import { joinAs, requireNativeEngine, showCall } from "./native";
import { expect, test } from "./test";
import { button, byTestId } from "./webdriver";

// A desktop without a portal, like a bare window manager: WebKitGTK opens neither camera nor screen.
test.use({ appEnvironment: { MARU_MOCK_DEVICES: "0" } });

test("without a portal the app names the package to install", async ({ app, room }) => {
  const { window } = app;
  await showCall(window);
  await requireNativeEngine(app);
  const problems = await window.evaluate<string[]>("return __maruCall.getState().engine.problems");
  expect(problems).toEqual(expect.arrayContaining(["no-camera-portal", "no-screen-portal"]));
  // The video of others works without it, so the start screen shows no warning.
  expect(await window.count(byTestId("engine-problems"))).toBe(0);

  await window.click(button(en.start.turnOnCamera));
  await expect.poll(() => window.count(byTestId("notice"))).toBe(1);
  expect(await window.text(byTestId("notice"))).toMatch(/xdg-desktop-portal|gstreamer1.0-pipewire/);
  await app.picture("no-portal-camera");

  await window.click(button(en.menu.settings));
  await expect.poll(() => window.count(button(en.common.close))).toBe(1);
  await window.evaluate(`document.querySelector('.checks').scrollIntoView()`);
  await app.picture("no-portal-about");
  await window.click(button(en.common.close));

  await joinAs(window, room, "Desk");
  await window.click(button(en.dock.share));
  await expect
    .poll(() => window.evaluate<string>("return document.body.textContent"))
    .toContain("The screen cannot be shared here yet");
  await app.picture("no-portal-screen");
});
