/**
 * What to do about a connection that does not begin to work, because both sides hide their addresses
 * (`candidate-addresses.ts`). Browsers show them once the page has opened a device, but only to connections made after that.
 */
import type { LinkStatus } from "../../types";

/** Where names can be resolved, a connection takes less than a second. Milliseconds. */
export const EXPLAIN_AFTER_MS = 5_000;

export class HiddenAddresses {
  #explained = false;
  /** The page has opened a device since the connection was made. */
  #deviceOpened = false;

  /** `madeAt`: when the connection was made, milliseconds. */
  constructor(private madeAt: number) {}

  /** The person should know: a device would help. True until the link works, or shows an address. */
  get explained(): boolean {
    return this.#explained;
  }

  onConnectionMade(now: number): void {
    this.madeAt = now;
    this.#deviceOpened = false;
  }

  onDeviceOpened(): void {
    this.#deviceOpened = true;
  }

  /** Returns true if another connection is to be made, which has addresses. */
  check(status: LinkStatus, addresses: { areKnown: boolean; areHidden: boolean }, now: number): boolean {
    const { areKnown, areHidden } = addresses;
    if (status === "connected" || (areKnown && !areHidden)) this.#explained = false;
    if (!areHidden || (status !== "connecting" && status !== "failed")) return false;
    // Until then the names may still be resolved, and a new connection would only take longer.
    if (now < this.madeAt + EXPLAIN_AFTER_MS) return false;
    this.#explained = true;
    return this.#deviceOpened;
  }
}
