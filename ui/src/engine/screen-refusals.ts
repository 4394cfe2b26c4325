import { deviceError } from "./device-error";
import { DeviceError } from "./types";

/** Nobody reads a screen picker and dismisses it faster, in milliseconds: a quicker refusal is the system's. */
export const MIN_PICKER_MS = 500;

/**
 * What a refusal of getDisplayMedia means. Browsers reject alike (NotAllowedError) when the person dismisses the picker
 * and when the system does not let the browser record the screen. macOS without that permission refuses at once, or
 * after a picker whose choice has no effect: that looks like a dismissal, so the second in a row gets a hint.
 */
export class ScreenRefusals {
  #inARow = 0;

  constructor(private readonly macos = () => /Mac/.test(globalThis.navigator?.platform ?? "")) {}

  /** `elapsedMs`: since getDisplayMedia was called. */
  errorOf(error: unknown, elapsedMs: number): DeviceError {
    const mapped = deviceError(error);
    if (mapped.code !== "denied" || elapsedMs < MIN_PICKER_MS) return mapped;
    this.#inARow += 1;
    const hint = this.#inARow > 1 && this.macos();
    return new DeviceError(hint ? "maybe-denied" : "cancelled", mapped.detail);
  }

  /** A screen was captured. */
  reset(): void {
    this.#inARow = 0;
  }
}
