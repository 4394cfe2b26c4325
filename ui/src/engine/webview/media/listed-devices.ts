import type { Device, DeviceKind } from "../../types";

const KINDS: Record<MediaDeviceKind, DeviceKind> = {
  audioinput: "microphone",
  videoinput: "camera",
  audiooutput: "speaker",
};

/**
 * The devices that `enumerateDevices` returned. "default" and "communications" are aliases that Chromium lists beside
 * the actual device, which has the same group; a null ID already means the default. Browsers without them list the
 * default of each kind first (Media Capture and Streams §9.2.1).
 */
export function listed(devices: readonly MediaDeviceInfo[]): Device[] {
  const actual = devices.filter(({ deviceId }) => deviceId !== "default" && deviceId !== "communications");
  return actual.map((device) => ({
    id: device.deviceId,
    kind: KINDS[device.kind],
    label: device.label,
    isDefault: device === defaultOf(device.kind, devices, actual),
  }));
}

function defaultOf(
  kind: MediaDeviceKind,
  devices: readonly MediaDeviceInfo[],
  actual: readonly MediaDeviceInfo[],
): MediaDeviceInfo | undefined {
  const alias = devices.find((device) => device.kind === kind && device.deviceId === "default");
  return actual.find(
    (device) => device.kind === kind && (alias === undefined || device.groupId === alias.groupId),
  );
}
