import { DesktopApp } from "../desktop/app";
import {
  enterWithEverything,
  expectedVideos,
  frameCheckerOf,
  type Received,
  receivedFromAll,
  shareScreen,
} from "../desktop/native";
import { expect, test } from "../desktop/test";
import { expectedVideo } from "../fixtures/frame-checker";
import { expectEverybody } from "../fixtures/media";
import { SMALL } from "../fixtures/painted-devices";
import type { PictureSize } from "../fixtures/pattern";
import type { Person } from "../fixtures/person";

/** The smaller size of the app's mock camera: its frames are drawn on the same two cores. */
const SMALL_HERE: PictureSize = { width: 320, height: 240, frameRate: 10 };

/** Video and audio of three others arrive in the app from now on, and each tile shows its own person. */
async function expectEverybodyIn(app: DesktopApp, timeout: number): Promise<void> {
  const before = await receivedFromAll(app);
  const missing = async () =>
    (await receivedFromAll(app)).filter(
      (now: Received) =>
        now.frames <= (before.find(({ id }) => id === now.id)?.frames ?? 0) || now.packets === 0,
    ).length;
  await expect.poll(async () => (await receivedFromAll(app)).length).toBe(3);
  await expect.poll(missing, { timeout }).toBe(0);
  for (const { name, ...shown } of await expectedVideos(app))
    await frameCheckerOf(app).expectRight(shown, name);
}

async function expectScreenIn(app: DesktopApp, of: string): Promise<void> {
  const sharer = async () => (await expectedVideos(app)).find(({ name }) => name === of);
  await expect.poll(async () => (await sharer())?.participant).toBeTruthy();
  await frameCheckerOf(app).expectRight(expectedVideo((await sharer())?.participant ?? "", of, "screen"), of);
}

test("two apps and two browsers in one room see and hear each other", async ({ server, visit, room }) => {
  test.setTimeout(600_000);
  const apps: [DesktopApp, string][] = [];
  try {
    for (const name of ["Desk one", "Desk two"]) {
      const app = await DesktopApp.start({ server: server.origin });
      apps.push([app, name]);
      await enterWithEverything(app, room, name, SMALL_HERE);
    }
    const guests: Person[] = [];
    for (const name of ["Guest one", "Guest two"]) {
      const guest = await visit(name, { cheap: SMALL });
      await guest.turnOn("microphone");
      await guest.turnOn("camera");
      await guest.join();
      guests.push(guest);
    }
    for (const guest of guests) {
      await expectEverybody(guest.page, 3, 240_000);
      for (const other of [...apps.map(([, name]) => name), ...guests.map(({ name }) => name)])
        if (other !== guest.name) await guest.expectPictureOf(other);
    }
    for (const [app] of apps) await expectEverybodyIn(app, 240_000);
    await apps[0]?.[0].picture("two-apps-two-browsers");

    // A screen from each kind of engine reaches each kind, beside the cameras.
    await guests[0]?.share();
    for (const [app] of apps) await expectScreenIn(app, "Guest one");
    await guests[1]?.expectPictureOf("Guest one", "screen");
    if (apps[0]) await shareScreen(apps[0][0], SMALL_HERE);
    await guests[1]?.expectPictureOf("Desk one", "screen");
    await guests[1]?.expectPictureOf("Desk one", "camera");
    if (apps[1]) await expectScreenIn(apps[1][0], "Desk one");
    for (const [app] of apps) await expectEverybodyIn(app, 240_000);
  } finally {
    for (const [app] of apps) await app.close();
  }
});
