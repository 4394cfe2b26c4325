import type { LocalDevice } from "../../call/types";

export interface SwitchLabels {
  turnOn: string;
  cancel: string;
  turnOff: string;
}

/** The label of a device's switch says what pressing it does. */
export function switchLabel({ status }: LocalDevice, labels: SwitchLabels): string {
  if (status === "opening") return labels.cancel;
  return status === "on" ? labels.turnOff : labels.turnOn;
}
