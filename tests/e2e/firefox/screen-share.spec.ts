import { en } from "../../../ui/src/i18n/en";
import { received } from "../fixtures/media";
import type { Person } from "../fixtures/person";
import { expect, test } from "./test";

/** Shares, stops, shares again; audio and camera video keep flowing both ways all the time. */
async function share(sharer: Person, watcher: Person) {
  await sharer.expectToSeeAndHear(watcher);
  await watcher.expectToSeeAndHear(sharer);
  for (let round = 0; round < 2; round += 1) {
    await sharer.share();
    await watcher.expectVideoOf(sharer, "screen");
    // In the codec that is cheapest for a screen, and for a camera.
    expect(await codec(watcher, sharer, "screen")).toBe("video/VP9");
    expect(await codec(watcher, sharer, "camera")).toBe("video/VP8");
    await watcher.expectToSeeAndHear(sharer);
    await sharer.expectToSeeAndHear(watcher);

    await sharer.press(en.dock.stopShare);
    await watcher.expectState(sharer, { screen: false });
    await expect(watcher.page.getByText(en.call.screenOf(sharer.name))).toHaveCount(0);
  }
  await watcher.expectToSeeAndHear(sharer);
  await sharer.expectToSeeAndHear(watcher);
}

async function codec(of: Person, from: Person, source: "camera" | "screen") {
  return (await received(of.page, await of.idOf(from), source))?.codec;
}

// The participant who joins first offers first: the other side answers, and its own first offer is the one for the screen.

test("a Firefox that joined second shares its screen", async ({ enterChromium, enterFirefox }) => {
  const chromium = await enterChromium();
  await share(await enterFirefox(), chromium);
});

test("a Firefox that joined first shares its screen", async ({ enterChromium, enterFirefox }) => {
  const firefox = await enterFirefox();
  await share(firefox, await enterChromium());
});

test("a Chromium that joined second shares its screen", async ({ enterChromium, enterFirefox }) => {
  const firefox = await enterFirefox();
  await share(await enterChromium(), firefox);
});

test("a Chromium that joined first shares its screen", async ({ enterChromium, enterFirefox }) => {
  const chromium = await enterChromium();
  await share(chromium, await enterFirefox());
});

test("both share at the same moment, repeatedly", async ({ enterChromium, enterFirefox }) => {
  const chromium = await enterChromium();
  const firefox = await enterFirefox();
  await chromium.expectToSeeAndHear(firefox);
  for (let round = 0; round < 3; round += 1) {
    await Promise.all([chromium.share(), firefox.share()]);
    await chromium.expectVideoOf(firefox, "screen");
    await firefox.expectVideoOf(chromium, "screen");
    await Promise.all([chromium, firefox].map((person) => person.press(en.dock.stopShare)));
    await chromium.expectState(firefox, { screen: false });
    await firefox.expectState(chromium, { screen: false });
  }
  await chromium.expectToSeeAndHear(firefox);
  await firefox.expectToSeeAndHear(chromium);
});
