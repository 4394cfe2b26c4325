import type { CallState } from "./types";

/**
 * Whether our own network is down, and not the server or one other person's network: the server is out of reach, and no
 * link works any more. `onLine`: `navigator.onLine`, which alone says little: it is false on a local network without the
 * internet, where calls work, and true in most networks that lead nowhere.
 */
export function isNetworkDown(
  { phase, signaling, participants }: Pick<CallState, "phase" | "signaling" | "participants">,
  onLine: boolean,
): boolean {
  if (phase !== "joined" || signaling.kind !== "reconnecting") return false;
  if (participants.some(({ link }) => link === "connected")) return false;
  // A link that never worked says nothing about our network.
  return !onLine || participants.some(({ link }) => link === "reconnecting");
}
