/**
 * Who is in the call, and whose link is whose: the data. `roster-reducer.ts` changes it.
 *
 * A link outlives the participant ID of the person behind it (decision 0004: the server assigns new IDs when it
 * restarts). So participants are identified by a key of our own, and the ID is a label that may change.
 */
import type { LinkStatus } from "../engine/types";
import type { LeaveReason, Other, Participant, PeerSignal } from "../protocol/generated";

export interface RosterParticipant {
  /** Unique in this call, never reused. */
  key: string;
  /** Assigned by the server. */
  id: string;
  name: string;
  link: LinkStatus;
  /** Since when `link` is not `connected`, in milliseconds; null while it is. */
  linkDownSince: number | null;
  /** `lost`: reported lost by the server. `orphan`: the server no longer knows this ID. */
  absent: null | { kind: "lost" | "orphan"; since: number };
  /**
   * When our own ID changed, in milliseconds, until the participant has certainly received it or given us up; null
   * otherwise. If the link breaks in this time, they may already have replaced it.
   */
  selfIdChangedAt: number | null;
  /** The ID they announced in `hello`, and in which incarnation, before the server confirmed it. */
  claim: { id: string; incarnation: string } | null;
}

/** In the room, without a link yet: may turn out to be an absent participant with a new ID. */
export interface PendingParticipant {
  id: string;
  name: string;
  offerFirst: boolean;
  /** When they get a link of their own, in milliseconds. */
  until: number;
  /** Received meanwhile. */
  signals: readonly PeerSignal[];
}

export interface Roster {
  self: string | null;
  incarnation: string | null;
  /** In the order they joined. */
  participants: readonly RosterParticipant[];
  pending: readonly PendingParticipant[];
  nextKey: number;
}

export const EMPTY_ROSTER: Roster = {
  self: null,
  incarnation: null,
  participants: [],
  pending: [],
  nextKey: 1,
};

/**
 * Inputs:
 * - from the server: `joined` (repeated after a reconnect), `participant-joined`, `participant-left`, `signal`
 * - from a link: `link` (its status changed), `hello`
 * - from the call: `tick`, `left`
 */
export type RosterEvent =
  | { type: "joined"; self: string; incarnation: string; participants: readonly Participant[] }
  | { type: "participant-joined"; participant: Participant }
  | { type: "participant-left"; participant: string; reason: LeaveReason | Other }
  | { type: "signal"; from: string; signal: PeerSignal }
  | { type: "link"; key: string; status: LinkStatus }
  | { type: "hello"; key: string; participant: string; incarnation: string }
  | { type: "tick" }
  | { type: "left" };

/** What the caller has to do, in this order. */
export type RosterEffect =
  | { type: "open-link"; key: string; id: string; offerFirst: boolean; polite: boolean }
  | { type: "close-link"; key: string }
  | { type: "set-polite"; key: string; polite: boolean }
  | { type: "deliver-signal"; key: string; signal: PeerSignal }
  /** Signaling reaches the participant again: restart ICE unless the link is connected. */
  | { type: "repair-link"; key: string }
  /** Announce our new ID on every link. */
  | { type: "send-hello" }
  | { type: "participant-joined"; key: string; name: string }
  | { type: "participant-left"; key: string; name: string; lost: boolean };
