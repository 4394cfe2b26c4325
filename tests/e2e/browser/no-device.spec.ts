import { en } from "../../../ui/src/i18n/en";
import { expect, test } from "../fixtures/test";

/** A computer without camera and microphone. */
function withoutDevices() {
  navigator.mediaDevices.enumerateDevices = async () => [];
  navigator.mediaDevices.getUserMedia = async () => {
    throw new DOMException("Requested device not found", "NotFoundError");
  };
}

/** Counts every request for a device. */
function countingRequests() {
  const original = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  Object.assign(globalThis, { deviceRequests: 0 });
  navigator.mediaDevices.getUserMedia = (constraints) => {
    (globalThis as unknown as { deviceRequests: number }).deviceRequests += 1;
    return original(constraints);
  };
}

test("no device is requested until the person turns one on", async ({ visit, enter }) => {
  const juno = await enter("Juno");
  const minji = await visit("Minji", { prepare: countingRequests });
  await minji.join();
  await minji.expectToSeeAndHear(juno);
  const requests = () =>
    minji.page.evaluate(() => (globalThis as unknown as { deviceRequests: number }).deviceRequests);
  expect(await requests()).toBe(0);

  await minji.press(en.dock.unmute);
  await juno.expectSoundOf(minji);
  expect(await requests()).toBe(1);
});

test("a participant without any device joins, and sees and hears the others", async ({ visit, enter }) => {
  const juno = await enter("Juno");
  const minji = await visit("Minji", { prepare: withoutDevices });
  await minji.page.getByRole("button", { name: en.start.turnOnCamera }).first().click();
  await expect(minji.screen.getByText(en.device("camera", "missing").title)).toBeVisible();
  await minji.page.getByRole("button", { name: en.start.turnOnMicrophone }).first().click();
  await expect(minji.screen.getByText(en.device("microphone", "missing").title)).toBeVisible();

  await minji.join();
  await minji.expectToSeeAndHear(juno);
  await juno.expectConnectedTo(minji);
  await juno.expectState(minji, { microphone: false, camera: false, screen: false });
});
