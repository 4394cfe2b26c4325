/**
 * A call: the room as the server tells it, a link to everyone in it, the devices of this machine, chat.
 * The parts decide (`roster`, `active-speaker`, `chat`: pure; `local-media`, `peers`: with the engine);
 * this class connects them, and publishes what came of it as immutable snapshots.
 *
 * What can happen to it:
 * - from the interface: the actions of `CallActions`
 * - from the signaling host: messages and statuses
 * - from links: status, tracks, messages
 * - from devices: opened, failed, lost
 * - from the clock: five ticks a second while in a room
 */
import type { Engine, LinkStats } from "../engine/types";
import type { Host, SignalingEvent } from "../host/types";
import { checkPeerSignal } from "../protocol/check";
import type { MediaState, PeerMessage, ServerMessage } from "../protocol/generated";
import { NOBODY, nextSpeaker, type SpeakerState } from "./active-speaker";
import { append, clampTime, draft, relabel } from "./chat";
import { initialState } from "./initial-state";
import { LocalMedia } from "./local-media";
import { MutedSpeaking } from "./muted-speaking";
import { addNotice, removeNotice } from "./notices";
import { Peers, sameState } from "./peers";
import { addReaction, expireReactions, isReaction } from "./reactions";
import { EMPTY_ROSTER, type Roster, type RosterEffect, type RosterEvent, reduceRoster } from "./roster";
import { Store } from "./store";
import type { CallEvent, CallState, CallStore, Notice, ReactionName, RemoteParticipant, Self } from "./types";

const TICK_MS = 200;

export interface CallOptions {
  host: Host;
  engine: Engine;
  /** Milliseconds since the epoch. */
  now?: () => number;
  /** Unique among this call's messages. */
  newId?: () => string;
}

export class Call implements CallStore {
  #host: Host;
  #engine: Engine;
  #now: () => number;
  #newId: () => string;
  #store: Store<CallState>;
  #events = new Set<(event: CallEvent) => void>();
  #roster: Roster = EMPTY_ROSTER;
  #peers: Peers;
  #media: LocalMedia;
  #speaker: SpeakerState = NOBODY;
  #mutedSpeaking = new MutedSpeaking();
  #chatVisible = false;
  #keys = 0;
  #ticker: ReturnType<typeof setInterval> | undefined;
  #unsubscribe: (() => void)[];

  constructor({ host, engine, now = Date.now, newId = () => crypto.randomUUID() }: CallOptions) {
    this.#host = host;
    this.#engine = engine;
    this.#now = now;
    this.#newId = newId;
    this.#store = new Store(initialState(engine, host.settings.get()));
    this.#peers = new Peers(engine, now, () => this.#hello(), {
      changed: () => this.#publish(),
      status: (key, peer) => this.#linkStatus(key, peer.status, peer.detail),
      message: (key, message) => this.#peerMessage(key, message),
      send: (key, signal) => {
        const member = this.#roster.members.find((candidate) => candidate.key === key);
        if (member && !member.absent) host.signaling.signal(member.id, signal);
      },
    });
    this.#media = new LocalMedia(engine, host.settings, {
      changed: (patch) => this.#self(patch),
      send: (source, track) => this.#peers.setTrack(source, track),
      failed: (source, error) =>
        this.#notice({ type: "device", source, code: error.code }, error.detail, `device-${source}`),
      lost: (source, fallback) =>
        this.#notice({ type: "device-lost", source, fallback }, "", `device-${source}`),
    });
    this.#unsubscribe = [
      host.signaling.subscribe((event) => this.#signaling(event)),
      engine.playback.onChange(() => this.#store.set({ playbackBlocked: engine.playback.blocked() })),
    ];
  }

  getState = (): CallState => this.#store.get();

  subscribe = (listener: () => void): (() => void) => this.#store.subscribe(listener);

  onEvent = (listener: (event: CallEvent) => void): (() => void) => {
    this.#events.add(listener);
    return () => this.#events.delete(listener);
  };

  join(room: string, name: string): void {
    if (this.getState().phase !== "idle") return;
    this.#host.settings.set({ name });
    const { notices, self } = this.getState();
    this.#store.set({
      phase: "joining",
      room,
      chat: [],
      unread: 0,
      reactions: [],
      self: { ...self, name },
      notices: notices.filter(({ kind }) => kind.type !== "refused" && kind.type !== "removed"),
    });
    this.#host.signaling.join({ room, name });
  }

  leave(): void {
    if (this.getState().phase === "idle") return;
    this.#host.signaling.leave();
    this.#end();
  }

  setMicrophone(on: boolean): void {
    this.#media.setMicrophone(on);
  }

  setCamera(on: boolean): void {
    this.#media.setCamera(on);
  }

  setScreen(on: boolean): void {
    if (on && this.getState().phase !== "joined") return;
    this.#media.setScreen(on);
  }

  setScreenContent(content: "text" | "motion"): void {
    this.#media.setScreenContent(content);
  }

  selectDevice(kind: "microphone" | "camera" | "speaker", id: string | null): void {
    this.#media.select(kind, id);
  }

  setHand(up: boolean): void {
    const { self } = this.getState();
    this.#self({ state: { ...self.state, hand: up } });
  }

  react(reaction: ReactionName): void {
    if (this.getState().phase !== "joined") return;
    this.#peers.broadcast({ type: "reaction", reaction });
    this.#showReaction("self", reaction);
  }

  sendChat(text: string): boolean {
    const { phase, chat, self } = this.getState();
    const checked = draft(text);
    if (!checked.ok && checked.reason === "too-long")
      this.#notice({ type: "chat-too-long" }, "", "chat-too-long");
    if (!checked.ok || phase !== "joined") return false;
    const id = this.#newId();
    const at = this.#now();
    const missed = this.#peers.broadcast({ type: "chat", id, at, text: checked.text });
    const undelivered = this.#roster.members
      .filter(({ key }) => missed.includes(key))
      .map(({ name }) => name);
    this.#store.set({
      chat: append(chat, {
        key: `self:${id}`,
        from: "self",
        name: self.name,
        at,
        text: checked.text,
        undelivered,
      }),
    });
    return true;
  }

  setChatVisible(visible: boolean): void {
    this.#chatVisible = visible;
    if (visible) this.#store.set({ unread: 0 });
  }

  dismissNotice(key: string): void {
    this.#store.set({ notices: removeNotice(this.getState().notices, key) });
  }

  unblockPlayback(): void {
    void this.#engine.playback.unblock();
  }

  retryLink(participant: string): void {
    const member = this.#roster.members.find(({ id }) => id === participant);
    const peer = member && this.#peers.get(member.key);
    if (!member || !peer) return;
    this.dismissNotice(`link-${member.key}`);
    // A link that once worked keeps its keys and asks for a new path; any other begins again.
    if (peer.connectedOnce) peer.link?.restartIce();
    else this.#open(member.key, { offerFirst: true, polite: this.#polite(member.id) });
  }

  async stats(participant: string): Promise<LinkStats | null> {
    const member = this.#roster.members.find(({ id }) => id === participant);
    return (member && (await this.#peers.get(member.key)?.link?.stats())) ?? null;
  }

  level(participant: string): number {
    if (participant === "self") return this.#media.microphone?.level() ?? 0;
    const member = this.#roster.members.find(({ id }) => id === participant);
    return (member && this.#peers.get(member.key)?.level()) ?? 0;
  }

  destroy(): void {
    this.leave();
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    this.#media.close();
    this.#engine.close();
    this.#events.clear();
  }

  #signaling(event: SignalingEvent): void {
    if (event.type === "message") {
      this.#serverMessage(event.message);
      return;
    }
    const { status } = event;
    this.#store.set({ signaling: status });
    if (status.kind === "refused" && this.getState().phase !== "idle") {
      this.#end();
      this.#notice({ type: "refused", code: status.code }, status.detail, "refused");
    }
  }

  #serverMessage(message: ServerMessage): void {
    if (this.getState().phase === "idle") {
      // A host that outlives the page (the desktop's) is still in the room from before a reload.
      if (message.type !== "joined") return;
      const { self } = this.getState();
      this.#store.set({ phase: "joining", self: { ...self, name: this.#host.settings.get().name } });
    }
    switch (message.type) {
      case "joined":
        this.#joined(message);
        break;
      case "participant-joined":
        this.#roll({ type: "participant-joined", participant: message.participant });
        break;
      case "participant-left":
        if (message.participant === this.getState().self.id) this.#removed();
        else
          this.#roll({ type: "participant-left", participant: message.participant, reason: message.reason });
        break;
      case "signal": {
        const checked = checkPeerSignal(message.data);
        // Files have a connection of their own, which is not the engine's.
        if (checked.ok && checked.value.connection === "media") {
          this.#roll({ type: "signal", from: message.from, signal: checked.value });
        }
        break;
      }
      case "left":
        // Answers a `leave` we did not ask for here: the server ended it.
        this.#removed();
        break;
      case "error":
      case "pong":
        break; // Statuses tell what matters; a signal to somebody who just left is everyday.
    }
  }

  #joined(message: Extract<ServerMessage, { type: "joined" }>): void {
    const first = this.getState().phase !== "joined";
    this.#peers.setIceServers(message.iceServers);
    const { self, joinedAt } = this.getState();
    this.#store.set({
      phase: "joined",
      room: message.room.id,
      capacity: message.room.capacity,
      self: { ...self, id: message.self },
      joinedAt: first ? this.#now() : joinedAt,
    });
    this.#roll({
      type: "joined",
      self: message.self,
      incarnation: message.room.incarnation,
      participants: message.participants,
    });
    if (first) {
      this.#ticker ??= setInterval(() => this.#tick(), TICK_MS);
      this.#emit({ type: "joined" });
    }
  }

  #removed(): void {
    this.#host.signaling.leave();
    this.#end();
    this.#notice({ type: "removed" }, "", "removed");
  }

  /** Out of the room: links closed, devices off, the lights out. */
  #end(): void {
    const wasIn = this.getState().phase === "joined";
    clearInterval(this.#ticker);
    this.#ticker = undefined;
    this.#roll({ type: "left" });
    this.#media.stop();
    this.#speaker = NOBODY;
    const { self, notices } = this.getState();
    this.#store.set({
      phase: "idle",
      room: null,
      participants: [],
      activeSpeaker: null,
      reactions: [],
      joinedAt: null,
      self: { ...self, id: null, state: { ...self.state, hand: false } },
      notices: notices.filter(({ kind }) => kind.type !== "link-failed"),
    });
    if (wasIn) this.#emit({ type: "left" });
  }

  #roll(event: RosterEvent): void {
    const { roster, effects } = reduceRoster(this.#roster, event, this.#now());
    this.#roster = roster;
    for (const effect of effects) this.#effect(effect);
    if (event.type !== "tick" || effects.length > 0) this.#publish();
  }

  #effect(effect: RosterEffect): void {
    const peer = "key" in effect ? this.#peers.get(effect.key) : undefined;
    switch (effect.type) {
      case "open":
        this.#open(effect.key, effect);
        break;
      case "close":
        this.#peers.close(effect.key);
        this.dismissNotice(`link-${effect.key}`);
        break;
      case "polite":
        peer?.link?.setPolite(effect.polite);
        break;
      case "relabelled":
        this.#store.set({ chat: relabel(this.getState().chat, effect.from, effect.to) });
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
        this.#emit({ type: "participant-joined", name: effect.name });
        break;
      case "went":
        this.#emit({ type: "participant-left", name: effect.name, lost: effect.lost });
    }
  }

  #open(key: string, options: { offerFirst: boolean; polite: boolean }): void {
    const { offerFirst, polite } = options;
    this.#peers.open(key, { offerFirst, polite }, this.#media.sending());
  }

  #polite(other: string): boolean {
    const { id } = this.getState().self;
    return id !== null && id > other;
  }

  #linkStatus(key: string, status: RemoteParticipant["link"], detail: string): void {
    this.#roll({ type: "link", key, status });
    const member = this.#roster.members.find((candidate) => candidate.key === key);
    if (!member) return;
    if (status === "connected") this.dismissNotice(`link-${key}`);
    // Without an engine every link fails, and the interface says so once, not per person.
    if (status === "failed" && this.#engine.capabilities.calls) {
      this.#notice({ type: "link-failed", participant: member.id, name: member.name }, detail, `link-${key}`);
    }
  }

  #peerMessage(key: string, message: PeerMessage): void {
    const peer = this.#peers.get(key);
    const member = this.#roster.members.find((candidate) => candidate.key === key);
    if (!peer || !member) return;
    switch (message.type) {
      case "hello":
        this.#peerState(peer, message.state, null);
        this.#roll({
          type: "hello",
          key,
          participant: message.participant,
          incarnation: message.incarnation,
        });
        break;
      case "state":
        this.#peerState(peer, message.state, member.name);
        break;
      case "chat": {
        const { chat, unread } = this.getState();
        const at = clampTime(message.at, this.#now());
        const next = append(chat, {
          key: `${key}:${message.id}`,
          from: member.id,
          name: member.name,
          at,
          text: message.text,
          undelivered: [],
        });
        if (next === chat) break;
        this.#store.set({ chat: next, unread: this.#chatVisible ? 0 : unread + 1 });
        this.#emit({ type: "chat", name: member.name, text: message.text });
        break;
      }
      case "reaction":
        if (isReaction(message.reaction)) this.#showReaction(member.id, message.reaction);
    }
  }

  #peerState(peer: { state: MediaState | null }, state: MediaState, name: string | null): void {
    const raised = state.hand && !(peer.state?.hand ?? false);
    peer.state = state;
    if (raised && name !== null) this.#emit({ type: "hand", name });
    this.#publish();
  }

  #showReaction(from: string, reaction: ReactionName): void {
    const key = `reaction-${++this.#keys}`;
    this.#store.set({
      reactions: addReaction(this.getState().reactions, { key, from, reaction, at: this.#now() }),
    });
  }

  #hello(): PeerMessage | null {
    const { self, incarnation } = this.#roster;
    if (self === null || incarnation === null) return null;
    return { type: "hello", participant: self, incarnation, state: this.getState().self.state };
  }

  /** Changes what is shown of ourselves; the others hear of it when it concerns them. */
  #self(patch: Partial<Self>): void {
    const before = this.getState().self;
    const next = { ...before, ...patch };
    next.state = {
      microphone: next.microphone.status === "on",
      camera: next.camera.status === "on",
      screen: next.screen.status === "on",
      hand: next.state.hand,
    };
    if (sameState(before.state, next.state)) next.state = before.state;
    this.#store.set({ self: next });
    for (const source of ["microphone", "camera", "screen"] as const) {
      if (next[source].status === "on" && before[source].status !== "on") this.#resolveDeviceNotice(source);
    }
    if (next.state !== before.state) this.#peers.owesState();
  }

  /** A device that works again takes back what was said about it; a fallback is still worth reading. */
  #resolveDeviceNotice(source: "microphone" | "camera" | "screen"): void {
    const { notices } = this.getState();
    const found = notices.find(({ kind }) => kind.type === "device" && kind.source === source);
    if (found) this.dismissNotice(found.key);
  }

  #notice(kind: Notice["kind"], detail: string, key: string): void {
    this.#store.set({ notices: addNotice(this.getState().notices, { key, kind, detail }) });
  }

  #emit(event: CallEvent): void {
    for (const listener of [...this.#events]) listener(event);
  }

  #tick(): void {
    const now = this.#now();
    this.#roll({ type: "tick" });
    this.#peers.settle();
    const levels = new Map<string, number>([["self", this.level("self")]]);
    for (const { key, id } of this.#roster.members) levels.set(id, this.#peers.get(key)?.level() ?? 0);
    this.#speaker = nextSpeaker(this.#speaker, levels, now);
    this.#store.set({
      activeSpeaker: this.#speaker.speaker,
      reactions: expireReactions(this.getState().reactions, now),
    });
    const track = this.#media.microphone;
    const muted = track !== null && this.getState().self.microphone.status === "off";
    if (this.#mutedSpeaking.heard(muted, track?.inputLevel?.() ?? 0, now))
      this.#emit({ type: "muted-speaking" });
  }

  #publish(): void {
    const before = this.getState().participants;
    const participants = this.#roster.members.map((member): RemoteParticipant => {
      const peer = this.#peers.get(member.key);
      return {
        id: member.id,
        name: member.name,
        link: peer?.status ?? "connecting",
        linkDetail: peer?.detail ?? "",
        state: peer?.mediaState() ?? { microphone: false, camera: false, screen: false, hand: false },
        tracks: peer?.tracks ?? {},
        absent: member.absent !== null,
      };
    });
    const unchanged =
      participants.length === before.length && participants.every((one, index) => same(one, before[index]));
    if (!unchanged) {
      // Whoever did not change keeps their object: components compare by identity.
      this.#store.set({
        participants: participants.map((one) => before.find((old) => same(one, old)) ?? one),
      });
    }
  }
}

function same(a: RemoteParticipant, b: RemoteParticipant | undefined): boolean {
  return (
    b !== undefined &&
    a.id === b.id &&
    a.name === b.name &&
    a.link === b.link &&
    a.linkDetail === b.linkDetail &&
    a.tracks === b.tracks &&
    a.absent === b.absent &&
    sameState(a.state, b.state)
  );
}
