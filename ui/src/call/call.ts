/**
 * A call: the room as the server tells it, a link to everyone in it, the devices of this machine, chat.
 * The parts decide (`roster`, `quality`, `active-speaker`, `chat`: pure; `members`, `local-media`: with the
 * engine); this class connects them, and publishes what came of it as immutable snapshots.
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
import type { ServerMessage } from "../protocol/generated";
import { NOBODY, nextSpeaker, type SpeakerState } from "./active-speaker";
import { draft } from "./chat";
import { Conversation } from "./conversation";
import { initialState } from "./initial-state";
import { LocalMedia } from "./local-media";
import { Members, type Spoken } from "./members";
import { MutedSpeaking } from "./muted-speaking";
import { addNotice, removeNotice, withoutDevice } from "./notices";
import { isReaction } from "./reactions";
import type { Member } from "./roster";
import { nextSelf } from "./self";
import type { StatsSample } from "./statistics";
import { Store } from "./store";
import type { CallEvent, CallState, CallStore, Notice, ReactionName, Self } from "./types";
import { randomUuid } from "./uuid";

const TICK_MS = 200;

export interface CallOptions {
  host: Host;
  engine: Engine;
  /** Milliseconds since the epoch. */
  now?: () => number;
  /** Unique among this call's messages. */
  newId?: () => string;
}

/** What the start screen has told already: who joins has read it. */
const SAID_BEFORE_JOINING = new Set<Notice["kind"]["type"]>(["refused", "removed", "device"]);

export class Call implements CallStore {
  #host: Host;
  #engine: Engine;
  #now: () => number;
  #store: Store<CallState>;
  #events = new Set<(event: CallEvent) => void>();
  #members: Members;
  #media: LocalMedia;
  #conversation: Conversation;
  #speaker: SpeakerState = NOBODY;
  #mutedSpeaking = new MutedSpeaking();
  #ticker: ReturnType<typeof setInterval> | undefined;
  #unsubscribe: (() => void)[];

  constructor({ host, engine, now = Date.now, newId = randomUuid }: CallOptions) {
    this.#host = host;
    this.#engine = engine;
    this.#now = now;
    this.#store = new Store(initialState(engine, host.settings.get()));
    this.#conversation = new Conversation(this.#store, now, newId);
    const own = { state: () => this.getState().self.state, sending: () => this.#media.sending() };
    this.#members = new Members(engine, own, now, {
      changed: () => this.#publish(),
      happened: (event) => this.#emit(event),
      relabelled: (from, to) => this.#conversation.relabel(from, to),
      failed: (member, detail) => this.#linkFailed(member, detail),
      mended: (key) => this.dismissNotice(`link-${key}`),
      said: (member, message) => this.#said(member, message),
      send: (participant, signal) => host.signaling.signal(participant, signal),
    });
    this.#media = new LocalMedia(engine, host.settings, {
      changed: (patch) => this.#self(patch),
      send: (source, track) => this.#members.setTrack(source, track),
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
      notices: notices.filter(({ kind }) => !SAID_BEFORE_JOINING.has(kind.type)),
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
    this.#members.broadcast({ type: "reaction", reaction });
    this.#conversation.react("self", reaction);
  }

  sendChat(text: string): boolean {
    const checked = draft(text);
    if (!checked.ok && checked.reason === "too-long")
      this.#notice({ type: "chat-too-long" }, "", "chat-too-long");
    if (!checked.ok || this.getState().phase !== "joined") return false;
    this.#conversation.say(checked.text, (message) => this.#members.broadcast(message));
    return true;
  }

  setChatVisible(visible: boolean): void {
    this.#conversation.setVisible(visible);
  }

  dismissNotice(key: string): void {
    this.#store.set({ notices: removeNotice(this.getState().notices, key) });
  }

  unblockPlayback(): void {
    void this.#engine.playback.unblock();
  }

  retryLink(participant: string): void {
    this.#members.retry(participant);
  }

  stats(participant: string): Promise<LinkStats | null> {
    return this.#members.stats(participant);
  }

  samples(participant: string): readonly StatsSample[] {
    return this.#members.samples(participant);
  }

  watchSamples(participant: string, listener: () => void): () => void {
    return this.#members.watch(participant, listener);
  }

  level(participant: string): number {
    if (participant === "self") return this.#media.microphone?.level() ?? 0;
    return this.#members.level(participant);
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
        this.#members.roll({ type: "participant-joined", participant: message.participant });
        break;
      case "participant-left":
        if (message.participant === this.getState().self.id) this.#removed();
        else
          this.#members.roll({
            type: "participant-left",
            participant: message.participant,
            reason: message.reason,
          });
        break;
      case "signal": {
        const checked = checkPeerSignal(message.data);
        // Files have a connection of their own, which is not the engine's.
        if (checked.ok && checked.value.connection === "media") {
          this.#members.roll({ type: "signal", from: message.from, signal: checked.value });
        }
        break;
      }
      case "left":
        // Answers a `leave` we did not ask for here: the server ended it.
        this.#removed();
        break;
      case "pong":
        if (message.iceServers) this.#members.setIceServers(message.iceServers);
        break;
      case "error":
        break; // Statuses tell what matters; a signal to somebody who just left is everyday.
    }
  }

  #joined(message: Extract<ServerMessage, { type: "joined" }>): void {
    const first = this.getState().phase !== "joined";
    this.#members.setIceServers(message.iceServers);
    const { self, joinedAt } = this.getState();
    this.#store.set({
      phase: "joined",
      room: message.room.id,
      capacity: message.room.capacity,
      self: { ...self, id: message.self },
      joinedAt: first ? this.#now() : joinedAt,
    });
    // Before the list that they are missing from: who is only missing may come back.
    for (const participant of message.removed ?? [])
      this.#members.roll({ type: "participant-left", participant, reason: "removed" });
    this.#members.roll({
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

  /**
   * Out of the room: links closed, devices off, the lights out. Who was not let in, or changed their mind before,
   * is back at the preview, and keeps what is on there.
   */
  #end(): void {
    const wasIn = this.getState().phase === "joined";
    clearInterval(this.#ticker);
    this.#ticker = undefined;
    this.#members.roll({ type: "left" });
    if (wasIn) this.#media.stop();
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

  #linkFailed(member: Member, detail: string): void {
    // Without an engine every link fails, and the interface says so once, not per person.
    if (!this.#engine.capabilities.calls) return;
    const { key, id, name } = member;
    this.#notice({ type: "link-failed", participant: id, name }, detail, `link-${key}`);
  }

  #said(member: Member, message: Spoken): void {
    const { key, id, name } = member;
    if (message.type === "reaction") {
      if (isReaction(message.reaction)) this.#conversation.react(id, message.reaction);
    } else if (this.#conversation.hear(key, { id, name }, message)) {
      this.#emit({ type: "chat", name, text: message.text });
    }
  }

  /** Changes what is shown of ourselves; the others hear of it when it concerns them. */
  #self(patch: Partial<Self>): void {
    const before = this.getState().self;
    const next = nextSelf(before, patch);
    this.#store.set({ self: next });
    for (const source of ["microphone", "camera", "screen"] as const) {
      if (next[source].status === "on" && before[source].status !== "on")
        this.#store.set({ notices: withoutDevice(this.getState().notices, source) });
    }
    if (next.state !== before.state) this.#members.owesState();
  }

  #notice(kind: Notice["kind"], detail: string, key: string): void {
    this.#store.set({ notices: addNotice(this.getState().notices, { key, kind, detail }) });
  }

  #emit(event: CallEvent): void {
    for (const listener of [...this.#events]) listener(event);
  }

  #tick(): void {
    const now = this.#now();
    this.#members.tick();
    const levels = new Map([["self", this.level("self")], ...this.#members.levels()]);
    this.#speaker = nextSpeaker(this.#speaker, levels, now);
    this.#store.set({ activeSpeaker: this.#speaker.speaker });
    this.#conversation.tick(now);
    const track = this.#media.microphone;
    const muted = track !== null && this.getState().self.microphone.status === "off";
    if (this.#mutedSpeaking.heard(muted, track?.inputLevel?.() ?? 0, now))
      this.#emit({ type: "muted-speaking" });
  }

  #publish(): void {
    this.#store.set({ participants: this.#members.participants(this.getState().participants) });
  }
}
