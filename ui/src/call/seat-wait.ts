import type { SignalingStatus } from "../host/types";
import { LIMITS } from "../protocol/generated";

/** A seat may become free sooner: somebody else leaves. Milliseconds. */
const RETRY_MS = 3_000;
/** After the moment that the server named. Milliseconds. */
const MARGIN_MS = 300;
/**
 * One silent connection is noticed and its seat given up within this time; longer waits are for the seats of others, and
 * the person decides. Milliseconds.
 */
export const MAX_WAIT_MS = 2 * (LIMITS.deadAfterMs + LIMITS.resumeWindowMs);

/**
 * Waits for a seat in a full room. The server keeps the seat of a lost connection for a while: of somebody whose program
 * crashed, and who is back, it is their own.
 */
export class SeatWait {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #since: number | null = null;

  /** `retry` joins again. */
  constructor(
    private readonly retry: () => unknown,
    private readonly now: () => number,
  ) {}

  /** True if a join that was refused so is tried again. */
  onRefused({ code, retryAfter }: Extract<SignalingStatus, { kind: "refused" }>): boolean {
    clearTimeout(this.#timer);
    if (code !== "room-full" || retryAfter === undefined) return false;
    this.#since ??= this.now();
    if (this.now() - this.#since >= MAX_WAIT_MS) return false;
    this.#timer = setTimeout(this.retry, Math.min(retryAfter + MARGIN_MS, RETRY_MS));
    return true;
  }

  /** Joined, cancelled or refused. */
  end(): void {
    clearTimeout(this.#timer);
    this.#since = null;
  }
}
