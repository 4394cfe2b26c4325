import { en } from "../../../ui/src/i18n/en";
import { received } from "../fixtures/media";
import { expect, expectToSeeAndHear, expectToSeeScreen, type Guest, test } from "./test";

/** Shares, stops, shares again; voices and cameras flow on both ways all the time. */
async function share(sharer: Guest, watcher: Guest) {
  await expectToSeeAndHear(sharer, watcher);
  await expectToSeeAndHear(watcher, sharer);
  for (let round = 0; round < 2; round += 1) {
    await sharer.person.share();
    await expectToSeeScreen(watcher, sharer);
    // In the codec that costs a screen least, and a camera.
    expect(await codec(watcher, sharer, "screen")).toBe("video/VP9");
    expect(await codec(watcher, sharer, "camera")).toBe("video/VP8");
    await expectToSeeAndHear(watcher, sharer);
    await expectToSeeAndHear(sharer, watcher);

    await sharer.person.press(en.dock.stopShare);
    await watcher.person.expectState(sharer.person, { screen: false });
    await expect(watcher.person.page.getByText(en.call.screenOf(sharer.person.name))).toHaveCount(0);
  }
  await expectToSeeAndHear(watcher, sharer);
  await expectToSeeAndHear(sharer, watcher);
}

async function codec(of: Guest, from: Guest, source: "camera" | "screen") {
  return (await received(of.person.page, await of.person.idOf(from.person), source))?.codec;
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

test("both share at the same instant, again and again", async ({ enterChromium, enterFirefox }) => {
  const chromium = await enterChromium();
  const firefox = await enterFirefox();
  await expectToSeeAndHear(chromium, firefox);
  for (let round = 0; round < 3; round += 1) {
    await Promise.all([chromium.person.share(), firefox.person.share()]);
    await expectToSeeScreen(chromium, firefox);
    await expectToSeeScreen(firefox, chromium);
    await Promise.all([chromium, firefox].map(({ person }) => person.press(en.dock.stopShare)));
    await chromium.person.expectState(firefox.person, { screen: false });
    await firefox.person.expectState(chromium.person, { screen: false });
  }
  await expectToSeeAndHear(chromium, firefox);
  await expectToSeeAndHear(firefox, chromium);
});
