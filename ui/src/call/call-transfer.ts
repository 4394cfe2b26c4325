import type { Transfer } from "../host/files";
import { mayHaveThumbnail } from "./thumbnails";
import { keyOf } from "./transfers-reducer";
import type { RemoteParticipant } from "./types";

/** A transfer, joined with the roster. */
export interface CallTransfer extends Transfer {
  /** Unique among all transfers. */
  key: string;
  /** The partner as they are called now; as they were called when it was offered, if they are not in the room. */
  name: string;
  /** The person accepted it here; the host has not reported it yet. */
  accepted: boolean;
  /** A small picture of it may be shown. */
  picture: boolean;
  /** As the host reported it. */
  reported: Transfer;
}

/** `byHand`: keys of what the person accepted with a click. Unchanged transfers keep their object from `previous`, and so does an unchanged list. */
export function joinRoster(
  transfers: readonly Transfer[],
  participants: readonly RemoteParticipant[],
  accepted: ReadonlySet<string>,
  byHand: ReadonlySet<string>,
  previous: readonly CallTransfer[],
): readonly CallTransfer[] {
  const next = transfers.map((reported): CallTransfer => {
    const key = keyOf(reported);
    const present = participants.find(({ id }) => id === reported.participant);
    const joined = {
      ...reported,
      key,
      name: present?.name ?? reported.partner,
      accepted: accepted.has(key),
      picture: mayHaveThumbnail(reported, byHand.has(key)),
      reported,
    };
    return previous.find((old) => equal(old, joined)) ?? joined;
  });
  const unchanged =
    next.length === previous.length && next.every((transfer, index) => transfer === previous[index]);
  return unchanged ? previous : next;
}

function equal(a: CallTransfer, b: CallTransfer): boolean {
  return (
    a.reported === b.reported && a.name === b.name && a.accepted === b.accepted && a.picture === b.picture
  );
}

/** Somebody wants to send something, and waits for our answer. */
export function isOfferToUs({ direction, state, accepted }: CallTransfer): boolean {
  return direction === "receive" && state === "offered" && !accepted;
}

export function isOver({ state }: Transfer): boolean {
  return state === "done" || state === "declined" || state === "cancelled" || state === "failed";
}

/** Bytes flow, or will without an answer of anybody. */
export function isUnderWay({ state }: Transfer): boolean {
  return state === "waiting" || state === "active" || state === "paused";
}

/** Share of the bytes of everything under way that was transferred, 0–1; null if nothing is under way. */
export function totalProgress(transfers: readonly CallTransfer[]): number | null {
  const running = transfers.filter(isUnderWay);
  if (running.length === 0) return null;
  const bytes = running.reduce((sum, transfer) => sum + transfer.bytes, 0);
  const transferred = running.reduce(
    (sum, transfer) => sum + Math.min(transfer.transferred, transfer.bytes),
    0,
  );
  return bytes === 0 ? 0 : transferred / bytes;
}

/** It cannot begin, because the partner's browser and ours hide their addresses from each other. */
export function waitsForAddresses(
  { state, direction, participant }: Transfer,
  participants: readonly RemoteParticipant[],
): boolean {
  // An offer of ours is still here.
  const waits = state === "waiting" || (state === "offered" && direction === "send");
  return (
    waits &&
    participants.some(
      ({ id, link, problems }) =>
        id === participant && link !== "connected" && problems.includes("hidden-addresses"),
    )
  );
}
