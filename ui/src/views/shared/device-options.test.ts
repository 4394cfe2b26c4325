import { expect, it } from "vitest";
import type { Self } from "../../call/types";
import { IDLE, localTrack } from "../../gallery/fakes";
import { selectedDevice } from "./device-options";

const camera = (id: string) => ({ id, kind: "camera" as const, label: id });
const self = (cameraId: string | null, opened: string | null): Self => ({
  ...IDLE.self,
  devices: [camera("front"), camera("back")],
  cameraId,
  camera: { status: "on", error: null, track: { ...localTrack("camera", null), deviceId: opened } },
});

it.each([
  ["the selected device", "front", "front", "front"],
  ["the default while it is missing", "unplugged", "back", null],
  ["the one that was opened in its place", "front", "back", "back"],
  ["the selected one where the opened one is unknown", "front", null, "front"],
  ["the default, whichever device that is", null, "back", null],
] as const)("shows %s", (_, selected, opened, shown) => {
  expect(selectedDevice(self(selected, opened), "camera")).toBe(shown);
});
