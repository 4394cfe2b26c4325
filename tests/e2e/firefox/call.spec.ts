import { en } from "../../../ui/src/i18n/en";
import type { Person } from "../fixtures/person";
import { expect, test } from "./test";

async function call(first: Person, second: Person) {
  for (const [one, other] of [
    [first, second],
    [second, first],
  ] as const) {
    await one.expectConnectedTo(other);
    await one.expectToSeeAndHear(other);
    await expect(one.page.getByText(en.call.playbackBlocked)).toHaveCount(0);
  }

  for (const [one, other] of [
    [first, second],
    [second, first],
  ] as const) {
    await one.say(`from ${one.name}`);
    await other.openChat();
    await expect(other.chatLog.getByText(`from ${one.name}`)).toBeVisible();

    await one.press(en.dock.cameraOff);
    await other.expectState(one, { camera: false });
    await expect(other.tile(one).locator("video")).toBeHidden();
    await one.press(en.dock.mute);
    await other.expectNothingMoreOf(one, "microphone");

    await one.press(en.dock.cameraOn);
    await one.press(en.dock.unmute);
    await other.expectToSeeAndHear(one);
  }
}

test("Firefox and Chromium in a call, Firefox first", async ({ enterChromium, enterFirefox }) => {
  const firefox = await enterFirefox();
  await call(firefox, await enterChromium());
});

test("Firefox and Chromium in a call, Chromium first", async ({ enterChromium, enterFirefox }) => {
  const chromium = await enterChromium();
  await call(chromium, await enterFirefox());
});
