/** Longest delay before the first retry, and before any retry, in milliseconds. */
const INITIAL_DELAY_MS = 250;
export const MAX_DELAY_MS = 8_000;

/**
 * Delay before attempt number `attempt` (from 1), in milliseconds: exponential, and half of it random ("equal jitter"),
 * so that the clients of a restarted server do not all return at the same moment.
 */
export function backoffDelay(attempt: number, random: () => number): number {
  const full = Math.min(MAX_DELAY_MS, INITIAL_DELAY_MS * 2 ** Math.min(attempt - 1, 16));
  return full / 2 + (full / 2) * random();
}
