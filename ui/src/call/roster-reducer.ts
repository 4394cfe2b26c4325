/** Pure: the roster, an event and the time go in; the next roster and the effects to carry out come out. */
import type { LinkStatus } from "../engine/types";
import type { LeaveReason, Other, Participant, PeerSignal } from "../protocol/generated";
import {
  EMPTY_ROSTER,
  type PendingParticipant,
  type Roster,
  type RosterEffect,
  type RosterEvent,
  type RosterParticipant,
} from "./roster";

/** How long a new ID waits for a `hello` of an absent participant, before it gets a link of its own. Milliseconds. */
export const HELLO_TIMEOUT_MS = 3_000;
/** How long a participant stays in the roster without the server, over a working link. Milliseconds. */
export const ABSENT_TIMEOUT_MS = 30_000;
/** How long the link of an absent participant may be down: without the server it cannot be repaired. Milliseconds. */
export const ABSENT_LINK_DOWN_TIMEOUT_MS = 8_000;
/** Present and pending together, whatever list the server sends. */
export const MAX_PARTICIPANTS = 64;
/** Signals kept per pending participant. */
export const MAX_PENDING_SIGNALS = 64;

type Result = { roster: Roster; effects: RosterEffect[] };

export function reduceRoster(roster: Roster, event: RosterEvent, now: number): Result {
  const reduction = new Reduction(roster, now);
  switch (event.type) {
    case "joined":
      reduction.joined(event.self, event.incarnation, event.participants);
      break;
    case "participant-joined":
      reduction.participantJoined(event.participant, true);
      break;
    case "participant-left":
      reduction.participantLeft(event.participant, event.reason);
      break;
    case "signal":
      reduction.signal(event.from, event.signal);
      break;
    case "link":
      reduction.linkStatus(event.key, event.status);
      break;
    case "hello":
      reduction.hello(event.key, event.participant, event.incarnation);
      break;
    case "tick":
      reduction.tick();
      break;
    case "left":
      reduction.left();
      return { roster: { ...EMPTY_ROSTER, nextKey: roster.nextKey }, effects: reduction.effects };
  }
  return reduction.result();
}

/** W3C perfect negotiation needs exactly one polite side per pair: the greater ID. */
export function isPolite(self: string | null, other: string): boolean {
  return self !== null && self > other;
}

/** Works on copies, so that the roster passed in stays unchanged. */
class Reduction {
  readonly effects: RosterEffect[] = [];
  #participants: RosterParticipant[];
  #pending: PendingParticipant[];
  #self: string | null;
  #incarnation: string | null;
  #nextKey: number;

  constructor(
    roster: Roster,
    private readonly now: number,
  ) {
    this.#participants = roster.participants.map((participant) => ({ ...participant }));
    this.#pending = [...roster.pending];
    this.#self = roster.self;
    this.#incarnation = roster.incarnation;
    this.#nextKey = roster.nextKey;
  }

  result(): Result {
    const roster: Roster = {
      self: this.#self,
      incarnation: this.#incarnation,
      participants: this.#participants,
      pending: this.#pending,
      nextKey: this.#nextKey,
    };
    return { roster, effects: this.effects };
  }

  joined(self: string, incarnation: string, participants: readonly Participant[]): void {
    const first = this.#self === null;
    const resumed = this.#self === self && this.#incarnation === incarnation;
    this.#self = self;
    this.#incarnation = incarnation;
    this.#pending = [];
    const present = new Set(participants.map(({ id }) => id));
    for (const known of [...this.#participants]) {
      if (present.has(known.id) && (resumed || known.link === "connected")) {
        if (!resumed) known.selfIdChangedAt = this.now;
        this.#markPresent(known);
      } else if (present.has(known.id)) this.#replaceLink(known);
      else if (resumed) this.participantLeft(known.id, "lost");
      else if (known.link === "connected") known.absent ??= { kind: "orphan", since: this.now };
      else this.#remove(known, true);
    }
    if (!resumed) {
      for (const { key, id } of this.#participants) {
        this.effects.push({ type: "set-polite", key, polite: isPolite(self, id) });
      }
      if (!first) this.effects.push({ type: "send-hello" });
    }
    // The resident offers to the newcomer. After a resume we are the resident, otherwise the newcomer.
    for (const participant of participants) this.participantJoined(participant, resumed);
  }

  participantJoined(participant: Participant, offerFirst: boolean): void {
    const { id, name } = participant;
    if (id === this.#self) return;
    const known = this.#participants.find((candidate) => candidate.id === id);
    if (known) {
      known.name = name;
      if (known.absent) this.#markPresent(known);
      return;
    }
    if (this.#pending.some((candidate) => candidate.id === id)) return;
    if (this.#participants.length + this.#pending.length >= MAX_PARTICIPANTS) return;
    const pending: PendingParticipant = {
      id,
      name,
      offerFirst,
      until: this.now + HELLO_TIMEOUT_MS,
      signals: [],
    };
    const claimant = this.#absentees().find(
      ({ claim }) => claim?.id === id && claim.incarnation === this.#incarnation,
    );
    if (claimant) this.#changeId(claimant, pending);
    else if (this.#absentees().length > 0) this.#pending.push(pending);
    else this.#add(pending);
  }

  participantLeft(id: string, reason: LeaveReason | Other): void {
    this.#pending = this.#pending.filter((pending) => pending.id !== id);
    const participant = this.#participants.find((candidate) => candidate.id === id);
    if (!participant) return;
    if (reason === "lost" && participant.link === "connected")
      participant.absent ??= { kind: "lost", since: this.now };
    else this.#remove(participant, reason === "lost");
  }

  signal(from: string, signal: PeerSignal): void {
    const participant = this.#participants.find((candidate) => candidate.id === from);
    if (participant) {
      this.effects.push({ type: "deliver-signal", key: participant.key, signal });
      return;
    }
    this.#pending = this.#pending.map((pending) =>
      pending.id === from && pending.signals.length < MAX_PENDING_SIGNALS
        ? { ...pending, signals: [...pending.signals, signal] }
        : pending,
    );
  }

  linkStatus(key: string, status: LinkStatus): void {
    const participant = this.#participants.find((candidate) => candidate.key === key);
    if (!participant) return;
    const broke = participant.link === "connected" && status !== "connected";
    participant.link = status;
    participant.linkDownSince = status === "connected" ? null : (participant.linkDownSince ?? this.now);
    if (participant.absent && (status === "failed" || status === "closed")) this.#remove(participant, true);
    else if (broke && participant.selfIdChangedAt !== null && !participant.absent)
      this.#replaceLink(participant);
    this.#resolvePending();
  }

  hello(key: string, id: string, incarnation: string): void {
    const participant = this.#participants.find((candidate) => candidate.key === key);
    if (!participant || participant.id === id || id === this.#self) return;
    participant.claim = { id, incarnation };
    // A participant who is present under their own ID cannot take over another one: the claim counts only once the
    // server no longer knows their ID.
    const pending = this.#pending.find((candidate) => candidate.id === id);
    if (pending && participant.absent && incarnation === this.#incarnation) {
      this.#pending = this.#pending.filter((candidate) => candidate !== pending);
      this.#changeId(participant, pending);
      this.#resolvePending();
    }
  }

  tick(): void {
    for (const participant of [...this.#participants]) {
      const { absent, linkDownSince, selfIdChangedAt } = participant;
      if (selfIdChangedAt !== null && this.now - selfIdChangedAt >= ABSENT_TIMEOUT_MS)
        participant.selfIdChangedAt = null;
      if (!absent) continue;
      const down = linkDownSince !== null && this.now - linkDownSince >= ABSENT_LINK_DOWN_TIMEOUT_MS;
      const expired = absent.kind === "lost" && this.now - absent.since >= ABSENT_TIMEOUT_MS;
      if (down || expired) this.#remove(participant, true);
    }
    this.#resolvePending();
  }

  /** Closes every link. We left ourselves, so nobody else is reported as having left. */
  left(): void {
    for (const { key } of this.#participants) this.effects.push({ type: "close-link", key });
  }

  #remove(participant: RosterParticipant, lost: boolean): void {
    const { key, name } = participant;
    this.#participants = this.#participants.filter((candidate) => candidate !== participant);
    this.effects.push({ type: "close-link", key }, { type: "participant-left", key, name, lost });
  }

  /** May come back under another ID. */
  #absentees(): RosterParticipant[] {
    return this.#participants.filter(({ absent }) => absent !== null);
  }

  #markPresent(participant: RosterParticipant): void {
    participant.absent = null;
    participant.claim = null;
    this.effects.push({ type: "repair-link", key: participant.key });
  }

  /**
   * A new link to a participant who knew us by another ID. An ICE restart of the old link would not do: the offer
   * would come from an ID they do not know, so they would answer it with a new connection.
   */
  #replaceLink(participant: RosterParticipant): void {
    participant.link = "connecting";
    participant.linkDownSince = this.now;
    participant.absent = null;
    participant.claim = null;
    participant.selfIdChangedAt = null;
    const { key, id } = participant;
    this.effects.push({ type: "close-link", key });
    // To them we are a newcomer, and residents offer.
    this.effects.push({ type: "open-link", key, id, offerFirst: false, polite: isPolite(this.#self, id) });
  }

  /** An absent participant is back: the link and the key stay, the ID is another. */
  #changeId(participant: RosterParticipant, { id, name, signals }: PendingParticipant): void {
    const { key } = participant;
    participant.id = id;
    participant.name = name;
    this.effects.push({ type: "set-polite", key, polite: isPolite(this.#self, id) });
    this.#markPresent(participant);
    for (const signal of signals) this.effects.push({ type: "deliver-signal", key, signal });
  }

  /** Adds pending participants whose time is up; all of them once no absent participant is left to match. */
  #resolvePending(): void {
    const unmatched = this.#absentees().length === 0;
    const due = this.#pending.filter(({ until }) => unmatched || this.now >= until);
    if (due.length === 0) return;
    this.#pending = this.#pending.filter((pending) => !due.includes(pending));
    for (const pending of due) this.#add(pending);
  }

  #add({ id, name, offerFirst, signals }: PendingParticipant): void {
    const key = String(this.#nextKey++);
    this.#participants.push({
      key,
      id,
      name,
      link: "connecting",
      linkDownSince: this.now,
      absent: null,
      selfIdChangedAt: null,
      claim: null,
    });
    this.effects.push({ type: "participant-joined", key, name });
    this.effects.push({ type: "open-link", key, id, offerFirst, polite: isPolite(this.#self, id) });
    for (const signal of signals) this.effects.push({ type: "deliver-signal", key, signal });
  }
}
