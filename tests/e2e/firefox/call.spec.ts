import { en } from "../../../ui/src/i18n/en";
import { expectNoTone, expectTone } from "../fixtures/appearance";
import { expect, expectToSeeAndHear, type Guest, test } from "./test";

async function call(first: Guest, second: Guest) {
  for (const [one, other] of [
    [first, second],
    [second, first],
  ] as const) {
    await one.person.expectConnectedTo(other.person);
    await expectToSeeAndHear(one, other);
    await expect(one.person.page.getByText(en.call.playbackBlocked)).toHaveCount(0);
  }

  for (const [one, other] of [
    [first, second],
    [second, first],
  ] as const) {
    await one.person.say(`from ${one.person.name}`);
    await other.person.openChat();
    await expect(other.person.chatLog.getByText(`from ${one.person.name}`)).toBeVisible();

    await one.person.press(en.dock.cameraOff);
    await other.person.expectState(one.person, { camera: false });
    await expect(other.person.tile(one.person).locator("video")).toBeHidden();
    await one.person.press(en.dock.mute);
    await expectNoTone(other.person.page, one.appearance);

    await one.person.press(en.dock.cameraOn);
    await one.person.press(en.dock.unmute);
    await expectTone(other.person.page, one.appearance);
    await expectToSeeAndHear(other, one);
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
