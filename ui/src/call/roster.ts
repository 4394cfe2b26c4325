/**
 * Who is in the call, and which link is whose. Pure: what happened and the time go in; the next roster and
 * what to do come out. A link outlives the identity of the person behind it (decision 0004), so members
 * are told apart by a key of ours, and participant IDs are labels that may change.
 *
 * What can happen to it:
 * - from the server: `joined` (also again), `participant-joined`, `participant-left`, `signal`
 * - from a link: `link` (its status changed), `hello`
 * - from the call: `tick`, `left`
 */
import type { LinkStatus } from "../engine/types";
import type { LeaveReason, Other, Participant, PeerSignal } from "../protocol/generated";

/** How long an unknown participant may turn out to be somebody we still have a link to, in milliseconds. */
export const HELLO_WAIT_MS = 3_000;
/** How long the server may miss somebody whose link lives, in milliseconds. */
export const ABSENT_MS = 30_000;
/** How long an absent member's link may be down: nobody can negotiate with them. Milliseconds. */
export const ABSENT_DOWN_MS = 8_000;
/** Most members and waiting participants together: a server's list is not trusted to end. */
export const MAX_MEMBERS = 64;
/** Signals kept for a participant who waits. */
export const MAX_WAITING_SIGNALS = 64;

export interface Member {
  key: string;
  id: string;
  name: string;
  link: LinkStatus;
  /** Since when `link` is not `connected`, in milliseconds; null while it is. */
  downSince: number | null;
  /** `lost`: the server said so. `orphan`: the server no longer knows this ID. */
  absent: null | { kind: "lost" | "orphan"; since: number };
  /**
   * Since when we have another ID than they knew us by, in milliseconds; null where they were told, or had the time to
   * lose us. If the link breaks meanwhile, they may have given it up and begun another.
   */
  renamedAt: number | null;
  /** Who they said they are now, in which incarnation, before the server told us. */
  claim: { id: string; incarnation: string } | null;
}

interface Waiting {
  id: string;
  name: string;
  offerFirst: boolean;
  until: number;
  signals: readonly PeerSignal[];
}

export interface Roster {
  self: string | null;
  incarnation: string | null;
  members: readonly Member[];
  waiting: readonly Waiting[];
  nextKey: number;
}

export type RosterEvent =
  | { type: "joined"; self: string; incarnation: string; participants: readonly Participant[] }
  | { type: "participant-joined"; participant: Participant }
  | { type: "participant-left"; participant: string; reason: LeaveReason | Other }
  | { type: "signal"; from: string; signal: PeerSignal }
  | { type: "link"; key: string; status: LinkStatus }
  | { type: "hello"; key: string; participant: string; incarnation: string }
  | { type: "tick" }
  | { type: "left" };

export type RosterEffect =
  | { type: "open"; key: string; id: string; offerFirst: boolean; polite: boolean }
  | { type: "close"; key: string }
  | { type: "polite"; key: string; polite: boolean }
  /** The member has another ID now. */
  | { type: "relabelled"; key: string; from: string; to: string }
  | { type: "deliver"; key: string; signal: PeerSignal }
  /** The server can be used to negotiate with them again: repair the link if it needs it. */
  | { type: "reachable"; key: string }
  /** Tell everybody our new ID. */
  | { type: "hello-all" }
  | { type: "came"; key: string; name: string }
  | { type: "went"; key: string; name: string; lost: boolean };

export const EMPTY_ROSTER: Roster = { self: null, incarnation: null, members: [], waiting: [], nextKey: 1 };

type Result = { roster: Roster; effects: RosterEffect[] };

export function reduceRoster(roster: Roster, event: RosterEvent, now: number): Result {
  const step = new Step(roster, now);
  switch (event.type) {
    case "joined":
      step.joined(event.self, event.incarnation, event.participants);
      break;
    case "participant-joined":
      step.arrived(event.participant, true);
      break;
    case "participant-left":
      step.departed(event.participant, event.reason);
      break;
    case "signal":
      step.signal(event.from, event.signal);
      break;
    case "link":
      step.link(event.key, event.status);
      break;
    case "hello":
      step.hello(event.key, event.participant, event.incarnation);
      break;
    case "tick":
      step.tick();
      break;
    case "left":
      for (const member of [...step.members]) step.drop(member, false, true);
      return { roster: { ...EMPTY_ROSTER, nextKey: roster.nextKey }, effects: step.effects };
  }
  return step.result();
}

/** W3C perfect negotiation needs one polite side: the greater ID. */
function isPolite(self: string | null, other: string): boolean {
  return self !== null && self > other;
}

/** One reduction under construction: copies, so that the roster that went in stays as it was. */
class Step {
  members: Member[];
  #waiting: Waiting[];
  #self: string | null;
  #incarnation: string | null;
  #nextKey: number;
  effects: RosterEffect[] = [];

  constructor(
    roster: Roster,
    private readonly now: number,
  ) {
    this.members = roster.members.map((member) => ({ ...member }));
    this.#waiting = [...roster.waiting];
    this.#self = roster.self;
    this.#incarnation = roster.incarnation;
    this.#nextKey = roster.nextKey;
  }

  result(): Result {
    const roster: Roster = {
      self: this.#self,
      incarnation: this.#incarnation,
      members: this.members,
      waiting: this.#waiting,
      nextKey: this.#nextKey,
    };
    return { roster, effects: this.effects };
  }

  joined(self: string, incarnation: string, participants: readonly Participant[]): void {
    const first = this.#self === null;
    const same = this.#self === self && this.#incarnation === incarnation;
    this.#self = self;
    this.#incarnation = incarnation;
    this.#waiting = [];
    const present = new Set(participants.map(({ id }) => id));
    for (const member of [...this.members]) {
      if (present.has(member.id) && (same || member.link === "connected")) {
        if (!same) member.renamedAt = this.now;
        this.#return(member);
      } else if (present.has(member.id)) this.#reopen(member);
      else if (same) this.departed(member.id, "lost");
      else if (member.link === "connected") member.absent ??= { kind: "orphan", since: this.now };
      else this.drop(member, true);
    }
    if (!same) {
      for (const member of this.members) {
        this.effects.push({ type: "polite", key: member.key, polite: isPolite(self, member.id) });
      }
      if (!first) this.effects.push({ type: "hello-all" });
    }
    // Resumed: whoever is new came after us. Otherwise we are the newcomer, and they offer.
    for (const participant of participants) this.arrived(participant, same);
  }

  arrived(participant: Participant, offerFirst: boolean): void {
    const { id, name } = participant;
    if (id === this.#self) return;
    const known = this.members.find((member) => member.id === id);
    if (known) {
      known.name = name;
      if (known.absent) this.#return(known);
      return;
    }
    if (this.#waiting.some((waiting) => waiting.id === id)) return;
    if (this.members.length + this.#waiting.length >= MAX_MEMBERS) return;
    const waiting: Waiting = { id, name, offerFirst, until: this.now + HELLO_WAIT_MS, signals: [] };
    const claimant = this.#candidates().find(
      (member) => member.claim?.id === id && member.claim.incarnation === this.#incarnation,
    );
    if (claimant) this.#relabel(claimant, waiting);
    else if (this.#candidates().length > 0) this.#waiting.push(waiting);
    else this.#open(waiting);
  }

  departed(id: string, reason: LeaveReason | Other): void {
    this.#waiting = this.#waiting.filter((waiting) => waiting.id !== id);
    const member = this.members.find((candidate) => candidate.id === id);
    if (!member) return;
    if (reason === "lost" && member.link === "connected") member.absent ??= { kind: "lost", since: this.now };
    else this.drop(member, reason === "lost");
  }

  signal(from: string, signal: PeerSignal): void {
    const member = this.members.find((candidate) => candidate.id === from);
    if (member) {
      this.effects.push({ type: "deliver", key: member.key, signal });
      return;
    }
    this.#waiting = this.#waiting.map((waiting) =>
      waiting.id === from && waiting.signals.length < MAX_WAITING_SIGNALS
        ? { ...waiting, signals: [...waiting.signals, signal] }
        : waiting,
    );
  }

  link(key: string, status: LinkStatus): void {
    const member = this.members.find((candidate) => candidate.key === key);
    if (!member) return;
    const broke = member.link === "connected" && status !== "connected";
    member.link = status;
    member.downSince = status === "connected" ? null : (member.downSince ?? this.now);
    if (member.absent && (status === "failed" || status === "closed")) this.drop(member, true);
    else if (broke && member.renamedAt !== null && !member.absent) this.#reopen(member);
    this.#release();
  }

  hello(key: string, id: string, incarnation: string): void {
    const member = this.members.find((candidate) => candidate.key === key);
    if (!member || member.id === id || id === this.#self) return;
    member.claim = { id, incarnation };
    // Somebody who is present under an ID of their own cannot take another one's place; it counts once
    // the server no longer knows that ID.
    const waiting = this.#waiting.find((candidate) => candidate.id === id);
    if (waiting && member.absent && incarnation === this.#incarnation) {
      this.#waiting = this.#waiting.filter((candidate) => candidate !== waiting);
      this.#relabel(member, waiting);
      this.#release();
    }
  }

  tick(): void {
    for (const member of [...this.members]) {
      if (member.renamedAt !== null && this.now - member.renamedAt >= ABSENT_MS) member.renamedAt = null;
      if (!member.absent) continue;
      const down = member.downSince !== null && this.now - member.downSince >= ABSENT_DOWN_MS;
      const overdue = member.absent.kind === "lost" && this.now - member.absent.since >= ABSENT_MS;
      if (down || overdue) this.drop(member, true);
    }
    this.#release();
  }

  drop(member: Member, lost: boolean, silent = false): void {
    this.members = this.members.filter((candidate) => candidate !== member);
    this.effects.push({ type: "close", key: member.key });
    if (!silent) this.effects.push({ type: "went", key: member.key, name: member.name, lost });
  }

  /** Members who may come back under another ID. */
  #candidates(): Member[] {
    return this.members.filter((member) => member.absent !== null);
  }

  #return(member: Member): void {
    member.absent = null;
    member.claim = null;
    this.effects.push({ type: "reachable", key: member.key });
  }

  /**
   * A link from nothing to somebody who knew us by another ID. A new path for the old one would be asked for in the name
   * of somebody whom they do not know: they answer it out of a new connection, and neither side has a partner then.
   */
  #reopen(member: Member): void {
    member.link = "connecting";
    member.downSince = this.now;
    member.absent = null;
    member.claim = null;
    member.renamedAt = null;
    const { key, id } = member;
    this.effects.push({ type: "close", key });
    // To them we are a newcomer.
    this.effects.push({ type: "open", key, id, offerFirst: false, polite: isPolite(this.#self, id) });
  }

  #relabel(member: Member, waiting: Waiting): void {
    const from = member.id;
    member.id = waiting.id;
    member.name = waiting.name;
    this.effects.push({ type: "relabelled", key: member.key, from, to: waiting.id });
    this.effects.push({ type: "polite", key: member.key, polite: isPolite(this.#self, waiting.id) });
    this.#return(member);
    for (const signal of waiting.signals) this.effects.push({ type: "deliver", key: member.key, signal });
  }

  /** Waiting participants get a link of their own when their time is up or nobody is left to be matched. */
  #release(): void {
    const hopeless = this.#candidates().length === 0;
    const due = this.#waiting.filter((waiting) => hopeless || this.now >= waiting.until);
    if (due.length === 0) return;
    this.#waiting = this.#waiting.filter((waiting) => !due.includes(waiting));
    for (const waiting of due) this.#open(waiting);
  }

  #open(waiting: Waiting): void {
    const key = String(this.#nextKey++);
    this.members.push({
      key,
      id: waiting.id,
      name: waiting.name,
      link: "connecting",
      downSince: this.now,
      absent: null,
      renamedAt: null,
      claim: null,
    });
    this.effects.push({ type: "came", key, name: waiting.name });
    this.effects.push({
      type: "open",
      key,
      id: waiting.id,
      offerFirst: waiting.offerFirst,
      polite: isPolite(this.#self, waiting.id),
    });
    for (const signal of waiting.signals) this.effects.push({ type: "deliver", key, signal });
  }
}
