import type { Device } from "../engine/types";

/**
 * Whether the system's default microphone became another one while the previous default is open. Chromium moves a
 * microphone that was opened without an ID; Firefox and Safari stay with the device that it was.
 */
export function defaultMoved(
  before: readonly Device[],
  after: readonly Device[],
  openId: string | null,
): boolean {
  const [from, to] = [before, after].map(defaultMicrophone);
  return Boolean(from && to && from !== to && openId === from);
}

/** Its ID; empty before the first permission. */
function defaultMicrophone(devices: readonly Device[]): string | undefined {
  return devices.find(({ kind, isDefault }) => kind === "microphone" && isDefault)?.id;
}
