import type { Page } from "@playwright/test";
import { en } from "../../../ui/src/i18n/en";
import { expect, test } from "../fixtures/test";

declare global {
  /** Streams that the browser has opened and the page has not got yet. */
  var heldTracks: MediaStreamTrack[];
  /** Passes them to the page, like devices of a slow computer that are ready now. */
  var letGo: () => void;
}

/** A computer whose devices and screens are not ready before `letGo`. */
function slowDevices() {
  globalThis.heldTracks = [];
  const gate = new Promise<void>((resolve) => {
    globalThis.letGo = resolve;
  });
  const slow = (open: (options: object) => Promise<MediaStream>) => async (options: object | undefined) => {
    const stream = await open(options ?? {});
    globalThis.heldTracks.push(...stream.getTracks());
    await gate;
    return stream;
  };
  const devices = navigator.mediaDevices;
  devices.getUserMedia = slow(devices.getUserMedia.bind(devices));
  devices.getDisplayMedia = slow(devices.getDisplayMedia.bind(devices));
}

const states = (page: Page) =>
  page.evaluate(() => globalThis.heldTracks.map(({ kind, readyState }) => `${kind} ${readyState}`).sort());

test("a device button pressed twice while the device opens leaves it off, and no device stays open", async ({
  enter,
  visit,
}) => {
  const juno = await enter("Juno");
  const minji = await visit("Minji", { prepare: slowDevices });
  await minji.join();
  await juno.expectConnectedTo(minji);
  const control = (name: string) => minji.dock.getByRole("button", { name, exact: true });

  await minji.page.keyboard.press("m");
  await expect(control(en.dock.cancelMicrophone)).toBeVisible();
  await minji.page.keyboard.press("m");
  await expect(control(en.dock.unmute)).toBeVisible();

  await control(en.dock.cameraOn).click();
  await control(en.dock.cancelCamera).click();
  await expect(control(en.dock.cameraOn)).toBeVisible();

  await minji.page.keyboard.press("s");
  await control(en.dock.cancelShare).click();
  await expect(control(en.dock.share)).toBeVisible();

  // They are ready only now, when no device is requested any more.
  await expect
    .poll(async () => (await states(minji.page)).filter((state) => /video/.test(state)).length)
    .toBe(2);
  await expect.poll(async () => (await states(minji.page)).some((state) => /audio/.test(state))).toBe(true);
  expect((await states(minji.page)).some((state) => /ended/.test(state))).toBe(false);
  await minji.page.evaluate(() => globalThis.letGo());
  await expect.poll(async () => (await states(minji.page)).filter((state) => /live/.test(state))).toEqual([]);
  for (const device of ["microphone", "camera", "screen"] as const) await minji.expectOwn(device, false);
  await juno.expectState(minji, { microphone: false, camera: false, screen: false });

  // The next press works as usual.
  await minji.page.keyboard.press("m");
  await minji.expectOwn("microphone", true);
  await juno.expectSoundOf(minji);
});
