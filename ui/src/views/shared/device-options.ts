import type { Self } from "../../call/types";
import type { Device, DeviceKind } from "../../engine/types";
import type { Text } from "../../i18n/text";

export interface DeviceOption {
  /** Null is the system's default. */
  id: string | null;
  label: string;
}

/** The options of a device picker: the system's default, then every device with an ID. */
export function deviceOptions(text: Text, devices: readonly Device[], kind: DeviceKind): DeviceOption[] {
  const options: DeviceOption[] = [{ id: null, label: text.common.system }];
  for (const device of devices) {
    // Chromium lists the default as a device of its own, which ours replaces.
    if (device.kind !== kind || device.id === "" || device.id === "default") continue;
    options.push({ id: device.id, label: device.label || text.menu.unnamed(options.length) });
  }
  return options;
}

/**
 * The selected device; null (the default) while it is missing, because then the default is opened. If another one was
 * opened in its place, that one.
 */
export function selectedDevice(self: Self, kind: DeviceKind): string | null {
  const selected = self[`${kind}Id`];
  const listed = (id: string | null) =>
    self.devices.some((device) => device.kind === kind && device.id === id);
  if (selected === null || !listed(selected)) return null;
  const opened = kind === "speaker" ? null : (self[kind].track?.deviceId ?? null);
  return opened !== null && listed(opened) ? opened : selected;
}
