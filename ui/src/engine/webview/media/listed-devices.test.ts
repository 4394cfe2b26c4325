import { expect, it } from "vitest";
import { listed } from "./listed-devices";

const info = (kind: MediaDeviceKind, deviceId: string, groupId: string) =>
  ({ kind, deviceId, groupId, label: deviceId }) as MediaDeviceInfo;
const defaults = (devices: MediaDeviceInfo[]) =>
  listed(devices).flatMap(({ id, isDefault }) => (isDefault ? id : []));

it("leaves out Chromium's aliases, and marks the device that its default stands for", () => {
  const devices = [
    info("audioinput", "default", "headset"),
    info("audioinput", "communications", "built-in"),
    info("audioinput", "microphone", "built-in"),
    info("audioinput", "headset microphone", "headset"),
    info("audiooutput", "default", "built-in"),
    info("audiooutput", "headset speaker", "headset"),
    info("audiooutput", "speaker", "built-in"),
  ];
  expect(listed(devices).map(({ id }) => id)).toEqual([
    "microphone",
    "headset microphone",
    "headset speaker",
    "speaker",
  ]);
  expect(defaults(devices)).toEqual(["headset microphone", "speaker"]);
});

it("marks the first of each kind where there are no aliases", () => {
  const devices = [info("audioinput", "a", "1"), info("audioinput", "b", "2"), info("videoinput", "c", "3")];
  expect(defaults(devices)).toEqual(["a", "c"]);
});
