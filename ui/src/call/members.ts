/**
 * Everybody else: who they are (`roster`, pure), the link to each (`peers`), and how good it is
 * (`statistics`). Carries out what the roster decides.
 */
import type { Engine, LinkStats, LocalTrack, Source } from "../engine/types";
import type { IceServer, MediaState, PeerMessage, PeerSignal } from "../protocol/generated";
import { participantsOf } from "./participants";
import type { Peer } from "./peer";
import { Peers } from "./peers";
import { Retries } from "./retries";
import {
  EMPTY_ROSTER,
  type Member,
  type Roster,
  type RosterEffect,
  type RosterEvent,
  reduceRoster,
} from "./roster";
import { Statistics, type StatsSample } from "./statistics";
import type { CallEvent, RemoteParticipant } from "./types";

/** What a member says that is for people, not for the link. */
export type Spoken = Extract<PeerMessage, { type: "chat" | "reaction" }>;

export interface MembersEvents {
  /** Something that the snapshot shows. */
  changed(): void;
  happened(event: CallEvent): void;
  relabelled(from: string, to: string): void;
  failed(member: Member, detail: string): void;
  /** The link works again, is tried again, or is gone. */
  mended(key: string): void;
  said(member: Member, message: Spoken): void;
  send(participant: string, signal: PeerSignal): void;
}

/** What the others get of us. */
export interface Own {
  state(): MediaState;
  sending(): ReadonlyMap<Source, LocalTrack>;
}

export class Members {
  #roster: Roster = EMPTY_ROSTER;
  #peers: Peers;
  #statistics: Statistics;
  #retries = new Retries();

  constructor(
    private readonly engine: Engine,
    private readonly own: Own,
    private readonly now: () => number,
    private readonly events: MembersEvents,
  ) {
    this.#peers = new Peers(engine, now, () => this.#hello(), {
      changed: () => events.changed(),
      status: (key, peer) => this.#linkStatus(key, peer),
      message: (key, message) => this.#message(key, message),
      send: (key, signal) => {
        const member = this.#member(key);
        if (member && !member.absent) events.send(member.id, signal);
      },
    });
    this.#statistics = new Statistics(now, () => events.changed());
  }

  roll(event: RosterEvent): void {
    const { roster, effects } = reduceRoster(this.#roster, event, this.now());
    this.#roster = roster;
    for (const effect of effects) this.#effect(effect);
    if (event.type === "left") this.#statistics.tick([]);
    if (event.type !== "tick" || effects.length > 0) this.events.changed();
  }

  /** Several times a second while in a room. */
  tick(): void {
    this.roll({ type: "tick" });
    this.#peers.settle();
    for (const key of this.#retries.due(this.now())) {
      const member = this.#member(key);
      // Whoever is absent is tried when they are back.
      if (member && !member.absent) this.retry(member.id);
    }
    const ownCamera = this.own.state().camera;
    this.#statistics.tick(
      [...this.#peers.entries()].flatMap(([key, { link, status, state }]) =>
        link
          ? { key, link, connected: status === "connected", camera: state?.camera ?? false, ownCamera }
          : [],
      ),
    );
  }

  /** For the snapshot; as it was `before` where nothing changed. */
  participants(before: readonly RemoteParticipant[]): readonly RemoteParticipant[] {
    return participantsOf(
      this.#roster.members,
      (key) => this.#peers.get(key),
      (key) => this.#statistics.quality(key),
      before,
    );
  }

  /** How loud each is, by ID. */
  levels(): [string, number][] {
    return this.#roster.members.map(({ key, id }) => [id, this.#peers.get(key)?.level() ?? 0]);
  }

  level(participant: string): number {
    return this.#peerOf(participant)?.level() ?? 0;
  }

  async stats(participant: string): Promise<LinkStats | null> {
    return (await this.#peerOf(participant)?.link?.stats()) ?? null;
  }

  samples(participant: string): readonly StatsSample[] {
    return this.#statistics.samples(this.#find(participant)?.key ?? "");
  }

  watch(participant: string, listener: () => void): () => void {
    const member = this.#find(participant);
    return member ? this.#statistics.watch(member.key, listener) : () => {};
  }

  /** A link that once worked keeps its keys and asks for a new path; any other begins again. */
  retry(participant: string): void {
    const member = this.#find(participant);
    const peer = member && this.#peers.get(member.key);
    if (!member || !peer) return;
    this.events.mended(member.key);
    if (peer.connectedOnce) peer.link?.restartIce();
    else this.#open(member.key, { offerFirst: true, polite: this.#isPolite(member) });
  }

  /** Says it to everyone; the names of those it could not be handed to. */
  broadcast(message: Spoken): string[] {
    const missed = this.#peers.broadcast(message);
    return this.#roster.members.filter(({ key }) => missed.includes(key)).map(({ name }) => name);
  }

  setTrack(source: Source, track: LocalTrack | null): void {
    this.#peers.setTrack(source, track);
  }

  setIceServers(servers: readonly IceServer[]): void {
    this.#peers.setIceServers(servers);
  }

  /** What we show of ourselves changed. */
  owesState(): void {
    this.#peers.owesState();
  }

  #member(key: string): Member | undefined {
    return this.#roster.members.find((candidate) => candidate.key === key);
  }

  #find(participant: string): Member | undefined {
    return this.#roster.members.find(({ id }) => id === participant);
  }

  #isPolite(member: Member): boolean {
    const { self } = this.#roster;
    return self !== null && self > member.id;
  }

  #peerOf(participant: string): Peer | undefined {
    const member = this.#find(participant);
    return member && this.#peers.get(member.key);
  }

  #effect(effect: RosterEffect): void {
    const peer = "key" in effect ? this.#peers.get(effect.key) : undefined;
    switch (effect.type) {
      case "open":
        this.#open(effect.key, effect);
        break;
      case "close":
        this.#peers.close(effect.key);
        this.#retries.forget(effect.key);
        this.events.mended(effect.key);
        break;
      case "polite":
        peer?.link?.setPolite(effect.polite);
        break;
      case "relabelled":
        this.events.relabelled(effect.from, effect.to);
        break;
      case "deliver":
        peer?.link?.receive(effect.signal);
        break;
      case "reachable":
        if (peer && peer.status !== "connected") peer.link?.restartIce();
        break;
      case "hello-all":
        this.#peers.owesHello();
        break;
      case "came":
        this.events.happened({ type: "participant-joined", name: effect.name });
        break;
      case "went":
        this.events.happened({ type: "participant-left", name: effect.name, lost: effect.lost });
    }
  }

  #open(key: string, { offerFirst, polite }: { offerFirst: boolean; polite: boolean }): void {
    this.#peers.open(key, { offerFirst, polite }, this.own.sending());
  }

  #linkStatus(key: string, { status, detail }: Peer): void {
    this.roll({ type: "link", key, status });
    const member = this.#member(key);
    if (!member) return;
    if (status === "connected") {
      this.#retries.forget(key);
      this.events.mended(key);
    }
    if (status === "failed") {
      if (this.engine.capabilities.calls) this.#retries.failed(key, this.now(), this.#isPolite(member));
      this.events.failed(member, detail);
    }
  }

  #message(key: string, message: PeerMessage): void {
    const peer = this.#peers.get(key);
    const member = this.#member(key);
    if (!peer || !member) return;
    switch (message.type) {
      case "hello": {
        const { participant, incarnation } = message;
        this.#state(peer, message.state, null);
        this.roll({ type: "hello", key, participant, incarnation });
        break;
      }
      case "state":
        this.#state(peer, message.state, member.name);
        break;
      default:
        this.events.said(member, message);
    }
  }

  #state(peer: Peer, state: MediaState, name: string | null): void {
    const raised = state.hand && !(peer.state?.hand ?? false);
    peer.state = state;
    if (raised && name !== null) this.events.happened({ type: "hand", name });
    this.events.changed();
  }

  #hello(): PeerMessage | null {
    const { self, incarnation } = this.#roster;
    if (self === null || incarnation === null) return null;
    return { type: "hello", participant: self, incarnation, state: this.own.state() };
  }
}
