/**
 * The other participants: who they are (`roster.ts`), the link to each (`participant-links.ts`), and how good it is
 * (`link-sampler.ts`). Carries out the effects that the roster's reducer returns.
 */
import type { Engine, LinkStats, LocalTrack, Source } from "../engine/types";
import type { IceServer, MediaState, PeerMessage, PeerSignal } from "../protocol/generated";
import { LinkSampler, type StatsSample } from "./link-sampler";
import type { ParticipantLink } from "./participant-link";
import { ParticipantLinks } from "./participant-links";
import { snapshotOf } from "./participant-snapshot";
import { Retries } from "./retries";
import {
  EMPTY_ROSTER,
  type Roster,
  type RosterEffect,
  type RosterEvent,
  type RosterParticipant,
} from "./roster";
import { isPolite, reduceRoster } from "./roster-reducer";
import type { CallEvent, RemoteParticipant } from "./types";

/** Messages for people; the others are handled here. */
export type ConversationMessage = Extract<PeerMessage, { type: "chat" | "reaction" }>;

export interface RemoteParticipantsEvents {
  /** Something that the snapshot shows changed. */
  changed(): void;
  event(event: CallEvent): void;
  /** A participant raised or lowered their hand, or left. */
  hand(key: string, raised: boolean): void;
  linkFailed(participant: RosterParticipant, detail: string): void;
  /** The link is connected, being retried, or closed: a notice about its failure no longer holds. */
  linkFailureResolved(key: string): void;
  message(participant: RosterParticipant, message: ConversationMessage): void;
  signal(id: string, signal: PeerSignal): void;
}

/** The feature in `hello` of a program that takes part in file transfers (docs/transfer.md). */
const FILES = "files";

/** What is sent to everyone. */
export interface LocalMediaSource {
  state(): MediaState;
  /** There are file transfers here. */
  readonly files: boolean;
  tracks(): ReadonlyMap<Source, LocalTrack>;
}

export class RemoteParticipants {
  #roster: Roster = EMPTY_ROSTER;
  #links: ParticipantLinks;
  #sampler: LinkSampler;
  #retries = new Retries();

  constructor(
    private readonly engine: Engine,
    private readonly local: LocalMediaSource,
    private readonly now: () => number,
    private readonly events: RemoteParticipantsEvents,
  ) {
    this.#links = new ParticipantLinks(engine, now, () => this.#hello(), {
      changed: () => events.changed(),
      status: (key, link) => this.#onLinkStatus(key, link),
      message: (key, message) => this.#onMessage(key, message),
      signal: (key, signal) => {
        const participant = this.#byKey(key);
        if (participant && !participant.absent) events.signal(participant.id, signal);
      },
    });
    this.#sampler = new LinkSampler(now, () => events.changed());
  }

  dispatch(event: RosterEvent): void {
    const { roster, effects } = reduceRoster(this.#roster, event, this.now());
    this.#roster = roster;
    for (const effect of effects) this.#run(effect);
    if (event.type === "left") this.#sampler.tick([]);
    if (event.type !== "tick" || effects.length > 0) this.events.changed();
  }

  /** Several times a second while in a room. */
  tick(): void {
    this.dispatch({ type: "tick" });
    this.#links.flush();
    for (const key of this.#retries.due(this.now())) {
      const participant = this.#byKey(key);
      // An absent participant cannot be signalled; the roster repairs the link when they are back.
      if (participant && !participant.absent) this.retry(participant.id);
    }
    const ownCamera = this.local.state().camera;
    this.#sampler.tick(
      [...this.#links.values()].flatMap(({ key, link, status, reportedState }) =>
        link
          ? {
              key,
              link,
              connected: status === "connected",
              camera: reportedState?.camera ?? false,
              ownCamera,
            }
          : [],
      ),
    );
  }

  /** Unchanged participants, and an unchanged list, keep their object from `previous`. */
  snapshot(previous: readonly RemoteParticipant[]): readonly RemoteParticipant[] {
    return snapshotOf(
      this.#roster.participants,
      (key) => this.#links.get(key),
      (key) => this.#sampler.quality(key),
      previous,
    );
  }

  /** Of each microphone, by key. */
  levels(): [string, number][] {
    return this.#roster.participants.map(({ key }) => [key, this.#links.get(key)?.level() ?? 0]);
  }

  level(id: string): number {
    return this.#linkOf(id)?.level() ?? 0;
  }

  async stats(id: string): Promise<LinkStats | null> {
    return (await this.#linkOf(id)?.link?.stats()) ?? null;
  }

  samples(id: string): readonly StatsSample[] {
    return this.#sampler.samples(this.#byId(id)?.key ?? "");
  }

  watchSamples(id: string, listener: () => void): () => void {
    const participant = this.#byId(id);
    return participant ? this.#sampler.watch(participant.key, listener) : () => {};
  }

  /** ICE restart if the link was ever connected, which keeps its DTLS keys; otherwise a new link. */
  retry(id: string): void {
    const participant = this.#byId(id);
    const link = participant && this.#links.get(participant.key);
    if (!participant || !link) return;
    this.events.linkFailureResolved(participant.key);
    if (link.connectedOnce) link.link?.restartIce();
    else this.#openLink(participant.key, { offerFirst: true, polite: this.#isPolite(participant) });
  }

  /** Sends to those with these keys (null: to everyone); returns those it could not be sent to. */
  broadcast(
    message: ConversationMessage,
    keys: readonly string[] | null = null,
  ): { key: string; name: string }[] {
    const undelivered = this.#links.broadcast(message, keys);
    return this.#roster.participants
      .filter(({ key }) => undelivered.includes(key))
      .map(({ key, name }) => ({ key, name }));
  }

  setTrack(source: Source, track: LocalTrack | null): void {
    this.#links.setTrack(source, track);
  }

  /** How large the cameras are shown, by key, in physical pixels. */
  setShownHeights(heights: ReadonlyMap<string, number>): void {
    this.#links.setShownHeights(heights);
  }

  setIceServers(servers: readonly IceServer[]): void {
    this.#links.setIceServers(servers);
  }

  /** The local media state changed: sends it to everyone. */
  queueState(): void {
    this.#links.queueState();
  }

  #byKey(key: string): RosterParticipant | undefined {
    return this.#roster.participants.find((participant) => participant.key === key);
  }

  #byId(id: string): RosterParticipant | undefined {
    return this.#roster.participants.find((participant) => participant.id === id);
  }

  #linkOf(id: string): ParticipantLink | undefined {
    const participant = this.#byId(id);
    return participant && this.#links.get(participant.key);
  }

  #isPolite({ id }: RosterParticipant): boolean {
    return isPolite(this.#roster.self, id);
  }

  #run(effect: RosterEffect): void {
    const link = "key" in effect ? this.#links.get(effect.key) : undefined;
    switch (effect.type) {
      case "open-link":
        this.#openLink(effect.key, effect);
        break;
      case "close-link":
        this.#links.close(effect.key);
        this.#retries.reset(effect.key);
        this.events.linkFailureResolved(effect.key);
        break;
      case "set-polite":
        link?.link?.setPolite(effect.polite);
        break;
      case "deliver-signal":
        link?.link?.receive(effect.signal);
        break;
      case "repair-link":
        if (link && link.status !== "connected") link.link?.restartIce();
        break;
      case "send-hello":
        this.#links.queueHello();
        break;
      case "participant-joined":
        this.events.event({ type: "participant-joined", name: effect.name });
        break;
      case "participant-left":
        this.events.hand(effect.key, false);
        this.events.event({ type: "participant-left", name: effect.name, lost: effect.lost });
    }
  }

  #openLink(key: string, { offerFirst, polite }: { offerFirst: boolean; polite: boolean }): void {
    this.#links.open(key, { offerFirst, polite }, this.local.tracks());
  }

  #onLinkStatus(key: string, { status, error }: ParticipantLink): void {
    this.dispatch({ type: "link", key, status });
    const participant = this.#byKey(key);
    if (!participant) return;
    if (status === "connected") {
      this.#retries.reset(key);
      this.events.linkFailureResolved(key);
    }
    if (status === "failed") {
      if (this.engine.capabilities.calls) this.#retries.failed(key, this.now(), this.#isPolite(participant));
      this.events.linkFailed(participant, error);
    }
  }

  #onMessage(key: string, message: PeerMessage): void {
    const link = this.#links.get(key);
    const participant = this.#byKey(key);
    if (!link || !participant) return;
    switch (message.type) {
      case "hello": {
        const { participant: id, incarnation } = message;
        link.files = message.features?.includes(FILES) ?? false;
        this.#setState(link, message.state, null);
        this.dispatch({ type: "hello", key, participant: id, incarnation });
        break;
      }
      case "state":
        this.#setState(link, message.state, participant.name);
        break;
      case "shown":
        if (message.source === "camera") link.link?.setShownHeight("camera", message.height);
        break;
      default:
        this.events.message(participant, message);
    }
  }

  /** `name`: announced if the hand was raised; null in a `hello`, whose state is not an event. */
  #setState(link: ParticipantLink, state: MediaState, name: string | null): void {
    const raised = state.hand && !(link.reportedState?.hand ?? false);
    link.reportedState = state;
    this.events.hand(link.key, state.hand);
    if (raised && name !== null) this.events.event({ type: "hand", name });
    this.events.changed();
  }

  #hello(): Extract<PeerMessage, { type: "hello" }> | null {
    const { self, incarnation } = this.#roster;
    if (self === null || incarnation === null) return null;
    const features = this.local.files ? { features: [FILES] } : {};
    return { type: "hello", participant: self, incarnation, state: this.local.state(), ...features };
  }
}
