/**
 * Firefox makes the first offer of a connection with anything else, which makes it the controlling ICE agent (RFC 8445
 * §6.1.1) for as long as the connection lives. While Firefox is controlled, a restart of ICE with libwebrtc never ends,
 * whoever restarts: libwebrtc pairs its new sockets with the old candidates of Firefox, selects such a pair and never
 * checks the new ones; or both sides are controlled (docs/upstream/firefox-controlled-restart.md, decision 0066).
 */
import type { PeerSignal } from "../../../protocol/generated";

/** How long Firefox waits for the answer to its first offer before it answers that of the remote side. Milliseconds. */
export const FIRST_ANSWER_MS = 5_000;

/** Node, where tests run, may have no `navigator`. */
export const IN_FIREFOX =
  (globalThis.navigator as Navigator | undefined)?.userAgent.includes("Firefox/") ?? false;

export type OfferSignal = Extract<PeerSignal, { description: unknown }>;

/** Firefox names itself in the `o=` line of its descriptions. */
export function isOfFirefox(sdp: string): boolean {
  return /^o=mozilla/m.test(sdp);
}

/** Firefox, on receiving this offer, makes the first one itself. */
export function offersInstead({ description, offerId }: OfferSignal): boolean {
  // A client that names no offers is a simple one, and may only wait for an answer.
  return offerId !== undefined && !isOfFirefox(description.sdp ?? "");
}
