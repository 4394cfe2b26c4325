import { en } from "../../../ui/src/i18n/en";
import { expect, test } from "../fixtures/test";

declare global {
  /** Requests for a device so far. */
  var deviceRequests: number;
}

/** A computer so busy that the browser's first request for each device fails before it started. */
function slowAtFirst() {
  const original = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  const refused = new Set<string>();
  navigator.mediaDevices.getUserMedia = async (constraints) => {
    const kind = constraints?.video ? "video" : "audio";
    if (refused.has(kind)) return original(constraints);
    refused.add(kind);
    throw new DOMException(`Timeout starting ${kind} source`, "AbortError");
  };
}

/** A computer whose devices another program keeps open. */
function busyForGood() {
  globalThis.deviceRequests = 0;
  navigator.mediaDevices.getUserMedia = async () => {
    globalThis.deviceRequests += 1;
    throw new DOMException("Could not start source", "NotReadableError");
  };
}

test("devices that did not start at the first request start at the second", async ({ enter, visit }) => {
  const juno = await enter("Juno");
  const minji = await visit("Minji", { prepare: slowAtFirst });
  await minji.turnOn("microphone");
  await minji.turnOn("camera");
  await expect(minji.page.getByTestId("notice")).toHaveCount(0);
  await minji.join();
  await juno.expectToSeeAndHear(minji);
});

test("a device that stays busy is requested a few times, then the error is shown", async ({ visit }) => {
  const minji = await visit("Minji", { prepare: busyForGood });
  await minji.page.getByRole("button", { name: en.start.turnOnCamera }).first().click();
  await expect(minji.screen.getByText(en.device("camera", "busy").title)).toBeVisible();
  expect(await minji.page.evaluate(() => globalThis.deviceRequests)).toBe(3);
});
