import { expectOnlyRight } from "../desktop/converter";
import { test } from "../desktop/lab-test";
import { enterWithEverything, expectedVideos, frameCheckerOf, requireNativeEngine } from "../desktop/native";
import { expect } from "../desktop/test";
import type { Conditions } from "../fixtures/lab";
import type { Person } from "../fixtures/person";

/** Size of the app's camera: it needs more than the narrow path carries. */
const SIZE = { width: 640, height: 360, frameRate: 15 };
const WIDE: Conditions = { delayMs: 10 };
/** Too little for 640 × 360 at 15 frames per second: VP8 needs 0.04 bits per pixel (`ladder.ts`), and audio is sent too. */
const NARROW: Conditions = { rate: 150_000, queueMs: 200, delayMs: 10 };
/** Frames checked each time before the size is read again. */
const PICTURES = 10;
/** The bandwidth estimate grows by 8 % a second from its value on the narrow path. */
const PATIENCE_MS = 90_000;

test("every frame is right while a slow path makes the video smaller and a fast one makes it larger again", async ({
  app,
  lab,
  visit,
  room,
}) => {
  await lab.set(WIDE);
  await enterWithEverything(app, room, "Desk", SIZE);
  await requireNativeEngine(app);
  const guest = await visit("Guest");
  await guest.turnOn("camera");
  await guest.join();
  await guest.expectVideoOf("Desk");
  const web = await app.webProcess();

  /** Checks every frame on both sides until the guest gets the app's camera at such a width. */
  const watchUntil = async (what: string, enough: (width: number) => boolean) => {
    const deadline = Date.now() + PATIENCE_MS;
    let width = 0;
    do {
      expect(Date.now(), `the app's camera is ${what}; it has ${width} pixels`).toBeLessThan(deadline);
      const [byGuest, byApp] = await Promise.all([
        guest.checkFrames(["Desk"], PICTURES),
        frameCheckerOf(app).checkFrames(await expectedVideos(app), PICTURES),
      ]);
      expectOnlyRight(byGuest, `where Guest looks, until it is ${what}`);
      expectOnlyRight(byApp, `in the app, until it is ${what}`);
      width = await widthOf(guest, "Desk");
    } while (!enough(width));
  };
  await watchUntil("as wide as it is captured", (width) => width === SIZE.width);
  for (const turn of ["once", "twice"]) {
    await lab.set(NARROW);
    await watchUntil(`narrower, ${turn}`, (width) => width < SIZE.width);
    await lab.set(WIDE);
    await watchUntil(`whole again, ${turn}`, (width) => width === SIZE.width);
  }
  expect(await app.webProcess(), "the web process is the same").toBe(web);
});

/** Width of a person's video, in pixels. */
function widthOf(person: Person, of: string): Promise<number> {
  return person
    .tile(of)
    .locator("video")
    .evaluate((video) => (video as HTMLVideoElement).videoWidth);
}
