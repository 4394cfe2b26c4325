import type { DesktopApp } from "../desktop/app";
import { enterWithEverything, expectedVideos, frameCheckerOf, requireNativeEngine } from "../desktop/native";
import { signalTree } from "../desktop/processes";
import { expect, test } from "../desktop/test";
import { launchChromiumServer } from "../fixtures/chromium";
import type { Person } from "../fixtures/person";

/** Longer than every time-out: ICE's consent ends after 30 s (RFC 7675), the server's sooner. */
const ASLEEP_MS = 40_000;
/** On an idle machine it takes 1 to 3 s. This is for a busy one: the earlier faults took up to two minutes (0047). */
const BACK = { timeout: 30_000, intervals: [100] };

/** Joins with camera and microphone. */
async function enterApp(app: DesktopApp, room: string): Promise<void> {
  await enterWithEverything(app, room, "Desk", { width: 320, height: 240, frameRate: 10 });
  await requireNativeEngine(app);
}

test("an app is in its call again after its computer slept or gave it no processor time", async ({
  app,
  enter,
  room,
}) => {
  await enterApp(app, room);
  const guests = [await enter("Guest one"), await enter("Guest two")];
  for (const guest of guests) await guest.expectToSeeAndHear("Desk");

  await app.suspend();
  await sleep();
  for (const guest of guests) expect(await linkTo(guest, "Desk")).not.toBe("connected");
  await app.resume();

  await Promise.all([...guests.map((guest) => expectBack(guest, "Desk")), expectAllBack(app)]);
  for (const guest of guests) await guest.expectToSeeAndHear("Desk");
  await expectToSeeAll(app);
});

test("a browser is in its call again after its computer slept or gave it no processor time", async ({
  app,
  enter,
  room,
}) => {
  await enterApp(app, room);
  const { server: process, browser } = await launchChromiumServer();
  const pid = process.process().pid;
  if (pid === undefined) throw new Error("the browser has no process");
  const sleeper = await enter("Sleeper", { browser });
  const watcher = await enter("Watcher");
  await watcher.expectToSeeAndHear(sleeper);

  await signalTree(pid, "SIGSTOP", /./);
  await sleep();
  expect(await linkTo(watcher, "Sleeper")).not.toBe("connected");
  await signalTree(pid, "SIGCONT", /./);

  await Promise.all([
    expectBack(watcher, "Sleeper"),
    expectBack(sleeper, "Watcher"),
    expectBack(sleeper, "Desk"),
    expectAllBack(app),
  ]);
  await watcher.expectToSeeAndHear(sleeper, "Desk");
  await sleeper.expectToSeeAndHear(watcher, "Desk");
  await expectToSeeAll(app);
});

function sleep(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ASLEEP_MS));
}

async function linkTo(person: Person, other: string): Promise<string | undefined> {
  return (await person.seen(other))?.link;
}

async function expectBack(person: Person, other: string): Promise<void> {
  await expect
    .poll(() => linkTo(person, other), { message: `${person.name}'s link to ${other}`, ...BACK })
    .toBe("connected");
}

/** Checks both others. */
async function expectAllBack({ window }: DesktopApp): Promise<void> {
  await expect
    .poll(() => window.evaluate("return __maruCall.getState().participants.map(({ link }) => link)"), {
      message: "the app's links",
      ...BACK,
    })
    .toEqual(["connected", "connected"]);
}

async function expectToSeeAll(app: DesktopApp): Promise<void> {
  const eyes = frameCheckerOf(app);
  for (const other of await expectedVideos(app)) await eyes.expectRight(other, other.name);
}
