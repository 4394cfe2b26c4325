/** First and longest wait between two tries to reach the server, in milliseconds. */
export const FIRST_DELAY_MS = 250;
export const LAST_DELAY_MS = 8_000;

/**
 * Wait before try `attempt` (from 1), in milliseconds: doubling, with half of it random ("equal jitter"),
 * so that the clients of a server that restarted do not all come back in the same instant.
 */
export function backoff(attempt: number, random: () => number): number {
  const full = Math.min(LAST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(attempt - 1, 16));
  return full / 2 + (full / 2) * random();
}
