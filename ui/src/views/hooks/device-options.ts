import type { Self } from "../../call/types";
import type { Device, DeviceKind } from "../../engine/types";
import type { Text } from "../../i18n/text";

export interface DeviceOption {
  /** Null is the system's default. */
  id: string | null;
  label: string;
}

/** What a picker offers: the system's default, then every device that can be told from the others. */
export function deviceOptions(text: Text, devices: readonly Device[], kind: DeviceKind): DeviceOption[] {
  const options: DeviceOption[] = [{ id: null, label: text.common.system }];
  for (const device of devices) {
    // Chromium lists its own "default" entry; ours says the same.
    if (device.kind !== kind || device.id === "" || device.id === "default") continue;
    options.push({ id: device.id, label: device.label || text.menu.unnamed(options.length) });
  }
  return options;
}

/** The chosen device; the default while that one is not there, because the default is what opens then. */
export function selectedOf(self: Self, kind: DeviceKind): string | null {
  const chosen = self[`${kind}Id`];
  const there = self.devices.some((device) => device.kind === kind && device.id === chosen);
  return there ? chosen : null;
}
