import type { Page } from "@playwright/test";
import { en } from "../../../ui/src/i18n/en";
import { expect, test } from "../fixtures/test";

declare global {
  /** Microphones that the page has opened, in order. */
  var microphones: MediaStreamTrack[];
  /** Devices that are plugged in, by ID. */
  var plugged: Set<string>;
  /** Output devices that audio elements were put on, in order. */
  var sinks: string[];
}

/** Two cameras of which one can be open at a time, a loudspeaker that can be unplugged, and a real fake microphone. */
function devicesOfOurs() {
  const { mediaDevices } = navigator;
  const open = mediaDevices.getUserMedia.bind(mediaDevices);
  const cameras: MediaStreamTrack[] = [];
  globalThis.microphones = [];
  globalThis.plugged = new Set(["front", "back", "headset", "built-in"]);
  globalThis.sinks = [];
  mediaDevices.getUserMedia = async (constraints = {}) => {
    if (!constraints.video) {
      // As the browser opens it, without a tone: only this one has the settings of a microphone.
      const stream = await MediaDevices.prototype.getUserMedia.call(mediaDevices, constraints);
      globalThis.microphones.push(...stream.getTracks());
      return stream;
    }
    if (cameras.some(({ readyState }) => readyState === "live"))
      throw new DOMException("Could not start video source", "NotReadableError");
    const { deviceId, ...video } = constraints.video as MediaTrackConstraints;
    const id = (deviceId as { exact?: string } | undefined)?.exact ?? "front";
    const stream = await open({ video });
    for (const track of stream.getVideoTracks()) {
      const settings = track.getSettings.bind(track);
      track.getSettings = () => ({ ...settings(), deviceId: id });
      cameras.push(track);
    }
    return stream;
  };
  mediaDevices.enumerateDevices = async () =>
    (
      [
        ["front", "videoinput"],
        ["back", "videoinput"],
        ["headset", "audiooutput"],
        ["built-in", "audiooutput"],
      ] as const
    )
      .filter(([deviceId]) => globalThis.plugged.has(deviceId))
      .map(([deviceId, kind]) => ({
        deviceId,
        kind,
        label: deviceId,
        groupId: deviceId,
        toJSON: () => ({}),
      }));
  HTMLMediaElement.prototype.setSinkId = async (id: string) => {
    if (id !== "" && !globalThis.plugged.has(id)) throw new DOMException("", "NotFoundError");
    globalThis.sinks.push(id);
  };
}

const cameraOf = (page: Page) =>
  page.evaluate(() => {
    const { camera, cameraId } = __maruCall.getState().self;
    return [camera.status, camera.track?.deviceId, cameraId];
  });

test("cameras, loudspeakers and microphones change during a call, and the system takes a microphone", async ({
  enter,
}) => {
  const juno = await enter("Juno");
  const minji = await enter("Minji", { prepare: devicesOfOurs });
  const { page } = minji;
  await juno.expectVideoOf(minji);
  const choose = async (menu: string, device: string) => {
    await minji.press(menu);
    await page.getByRole("menuitemradio", { name: device, exact: true }).click();
  };
  const plug = (id: string, there: boolean) =>
    page.evaluate(
      ([id, there]) => {
        if (there) globalThis.plugged.add(id);
        else globalThis.plugged.delete(id);
        navigator.mediaDevices.dispatchEvent(new Event("devicechange"));
      },
      [id, there] as const,
    );

  // Another camera, which does not open beside the first.
  await choose(en.dock.cameraDevices, "back");
  await expect.poll(() => cameraOf(page)).toEqual(["on", "back", "back"]);
  await expect(page.getByTestId("notice")).toHaveCount(0);
  await juno.expectVideoOf(minji);

  // The chosen loudspeaker is unplugged, and plugged in again.
  await choose(en.dock.microphoneDevices, "headset");
  await expect.poll(() => page.evaluate(() => globalThis.sinks.at(-1))).toBe("headset");
  const lost = minji.screen.getByText(en.notices.speakerLost.title);
  await plug("headset", false);
  await expect(lost).toBeVisible();
  expect(await page.evaluate(() => globalThis.sinks.at(-1))).toBe("");
  await plug("headset", true);
  await expect(lost).toHaveCount(0);
  expect(await page.evaluate(() => globalThis.sinks.at(-1))).toBe("headset");

  // Other processing, which Chromium does not apply to an open microphone.
  await minji.openSettings();
  await page.getByRole("radio", { name: en.settings.headset }).check({ force: true });
  await page.getByRole("dialog").getByRole("button", { name: en.common.close }).click();
  const microphones = () =>
    page.evaluate(() =>
      globalThis.microphones.map((track) => [track.readyState, track.getSettings().echoCancellation]),
    );
  await expect.poll(microphones).toEqual([
    ["ended", true],
    ["live", false],
  ]);
  await juno.expectState(minji, { microphone: true });

  // The switch of a headset, and back.
  const withhold = (muted: boolean) =>
    page.evaluate((muted) => {
      const track = globalThis.microphones.at(-1);
      if (!track) throw new Error("no microphone");
      Object.defineProperty(track, "muted", { configurable: true, value: muted });
      track.dispatchEvent(new Event(muted ? "mute" : "unmute"));
    }, muted);
  await withhold(true);
  await juno.expectState(minji, { microphone: false });
  await expect(minji.screen.getByText(en.call.interrupted.microphone)).toBeVisible();
  await withhold(false);
  await juno.expectState(minji, { microphone: true });
  await expect(minji.screen.getByText(en.call.interrupted.microphone)).toHaveCount(0);
});
