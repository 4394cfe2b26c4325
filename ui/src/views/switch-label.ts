import type { LocalDevice } from "../call/types";

interface Words {
  turnOn: string;
  cancel: string;
  turnOff: string;
}

/** What pressing the switch of a device does, in words. */
export function switchLabel({ status }: LocalDevice, words: Words): string {
  if (status === "opening") return words.cancel;
  return status === "on" ? words.turnOff : words.turnOn;
}
