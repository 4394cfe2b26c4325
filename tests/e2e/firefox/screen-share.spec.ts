import { en } from "../../../ui/src/i18n/en";
import { expect, expectToSeeAndHear, expectToSeeScreen, type Guest, test } from "./test";

/** Shares, stops, shares again; voices and cameras flow on both ways all the time. */
async function share(sharer: Guest, watcher: Guest) {
  await expectToSeeAndHear(sharer, watcher);
  await expectToSeeAndHear(watcher, sharer);
  for (let round = 0; round < 2; round += 1) {
    await sharer.person.share();
    await expectToSeeScreen(watcher, sharer);
    await expectToSeeAndHear(watcher, sharer);
    await expectToSeeAndHear(sharer, watcher);

    await sharer.person.press(en.dock.stopShare);
    await watcher.person.expectState(sharer.person, { screen: false });
    await expect(watcher.person.page.getByText(en.call.screenOf(sharer.person.name))).toHaveCount(0);
  }
  await expectToSeeAndHear(watcher, sharer);
  await expectToSeeAndHear(sharer, watcher);
}

// Who comes first offers first: the other side answers, and its own first offer is the one for the screen.

test("a Firefox that came second shares its screen", async ({ enterChromium, enterFirefox }) => {
  const chromium = await enterChromium();
  await share(await enterFirefox(), chromium);
});

test("a Firefox that came first shares its screen", async ({ enterChromium, enterFirefox }) => {
  const firefox = await enterFirefox();
  await share(firefox, await enterChromium());
});

test("a Chromium that came second shares its screen", async ({ enterChromium, enterFirefox }) => {
  const firefox = await enterFirefox();
  await share(await enterChromium(), firefox);
});

test("a Chromium that came first shares its screen", async ({ enterChromium, enterFirefox }) => {
  const chromium = await enterChromium();
  await share(chromium, await enterFirefox());
});
