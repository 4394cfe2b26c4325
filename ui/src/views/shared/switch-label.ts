import { isOnOrOpening, type LocalDevice } from "../../call/types";

export interface SwitchLabels {
  turnOn: string;
  cancel: string;
  turnOff: string;
}

/** The label of a device's switch says what pressing it does. */
export function switchLabel(device: LocalDevice, labels: SwitchLabels): string {
  if (device.status === "opening") return labels.cancel;
  return isOnOrOpening(device) ? labels.turnOff : labels.turnOn;
}
