import { en } from "../../../ui/src/i18n/en";
import { received } from "../fixtures/media";
import { keepPeerConnections, restartIce } from "../fixtures/peer-connections";
import type { Person } from "../fixtures/person";
import { expect, test } from "./test";

type Pair = readonly [Person, Person];

/** Both see and hear each other. */
async function expectBoth([one, other]: Pair): Promise<void> {
  await Promise.all([one.expectToSeeAndHear(other), other.expectToSeeAndHear(one)]);
}

/** Chat both ways; and without camera and microphone the other side sees and hears nothing of them. */
async function talk(pair: Pair): Promise<void> {
  for (const [one, other] of bothWays(pair)) {
    await one.say(`from ${one.name}`);
    await other.openChat();
    await expect(other.chatLog.getByText(`from ${one.name}`)).toBeVisible();

    await one.press(en.dock.cameraOff);
    await one.press(en.dock.mute);
    await other.expectState(one, { camera: false, microphone: false });
    await expect(other.tile(one).locator("video")).toBeHidden();
    await other.expectNothingMoreOf(one, "microphone");
    await one.press(en.dock.cameraOn);
    await one.press(en.dock.unmute);
    await other.expectToSeeAndHear(one);
  }
}

/**
 * Each shares alone, first the one who joined second: the first offer on an established link by each side. Then both at
 * the same moment, in the sections from before. Audio and camera keep arriving, each source in the codec that is
 * cheapest for it.
 */
async function share(pair: Pair): Promise<void> {
  for (const [sharer, watcher] of bothWays([pair[1], pair[0]])) {
    await sharer.share();
    await watcher.expectVideoOf(sharer, "screen");
    expect(await codec(watcher, sharer, "screen")).toBe("video/VP9");
    expect(await codec(watcher, sharer, "camera")).toBe("video/VP8");
    await expectBoth(pair);
    await stopSharing(sharer, watcher);
  }
  await Promise.all(pair.map((person) => person.share()));
  await Promise.all(bothWays(pair).map(([one, other]) => other.expectVideoOf(one, "screen")));
  await Promise.all(bothWays(pair).map(([one, other]) => stopSharing(one, other)));
  await expectBoth(pair);
}

async function stopSharing(sharer: Person, watcher: Person): Promise<void> {
  await sharer.press(en.dock.stopShare);
  await watcher.expectState(sharer, { screen: false });
  await expect(watcher.screen.getByText(en.call.screenOf(sharer.name))).toHaveCount(0);
}

async function codec(of: Person, from: Person, source: "camera" | "screen") {
  return (await received(of.page, await of.idOf(from), source))?.codec;
}

/** One side restarts ICE, and the media goes on. */
async function restart(one: Person, other: Person): Promise<void> {
  await restartIce(one.page, await one.idOf(other));
  await one.expectConnectedTo(other);
  await expectBoth([one, other]);
}

async function returnTo(other: Person, person: Person): Promise<void> {
  await person.leave();
  await other.expectGone(person);
  await person.turnOn("microphone");
  await person.turnOn("camera");
  await person.join();
  await expectBoth([other, person]);
}

const bothWays = ([one, other]: Pair): Pair[] => [
  [one, other],
  [other, one],
];

// The participant who joins first offers first; between the two browsers Firefox does, whoever joins first.
for (const [name, first, second] of [
  ["Firefox and Chromium, Firefox first", "Firefox", "Chromium"],
  ["Firefox and Chromium, Chromium first", "Chromium", "Firefox"],
  ["two Firefoxes", "Firefox", "Firefox"],
] as const)
  test(`a whole call of ${name}`, async ({ enterChromium, enterFirefox }) => {
    // Long: it has what several tests had, without a start of a browser and a joining for each.
    test.setTimeout(480_000);
    const options = { prepare: keepPeerConnections };
    const enterAs = (browser: "Firefox" | "Chromium", name?: string) =>
      browser === "Firefox" ? enterFirefox(name, options) : enterChromium(name, options);
    const one = await enterAs(first);
    const pair: Pair = [one, await enterAs(second, first === second ? "Hyun" : undefined)];
    for (const [one, other] of bothWays(pair)) await one.expectConnectedTo(other);
    await test.step("both see and hear each other", () => expectBoth(pair));
    for (const { screen } of pair) await expect(screen.getByText(en.call.playbackBlocked)).toHaveCount(0);
    await test.step("chat, camera and microphone", () => talk(pair));
    await test.step("screens, also both at the same moment", () => share(pair));
    for (const [one, other] of bothWays(pair))
      await test.step(`a restart of ICE by ${one.name}`, () => restart(one, other));
    await test.step("leaving and joining again", () => returnTo(pair[0], pair[1]));

    if (first === second) {
      await test.step("a third person, in Chromium, while a screen is shared", async () => {
        await pair[0].share();
        const third = await enterChromium();
        await third.expectVideoOf(pair[0], "screen");
        await third.expectToSeeAndHear(...pair);
        for (const person of pair) await person.expectToSeeAndHear(third);
        await pair[1].expectVideoOf(pair[0], "screen");
        await expectBoth(pair);
      });
    }
  });
