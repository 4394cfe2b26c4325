/**
 * A call: the room as the server reports it, a link to every other participant, the local devices, and chat. This class
 * connects the parts that do the work (`remote-participants`, `local-media`, `conversation`) and publishes their state
 * as immutable snapshots.
 *
 * Inputs:
 * - from the interface: `CallActions`
 * - from the signaling host: messages and statuses
 * - from links: statuses, tracks, messages
 * - from devices: opened, failed, lost
 * - from the clock: five ticks per second while in a room
 */
import type { Engine, LinkStats } from "../engine/types";
import type { Host, SignalingEvent } from "../host/types";
import type { ServerMessage } from "../protocol/generated";
import { sentName } from "../protocol/name";
import { NO_SPEAKER, nextSpeaker, type SpeakerState } from "./active-speaker";
import { checkDraft } from "./chat";
import { Conversation } from "./conversation";
import { initialState } from "./initial-state";
import type { StatsSample } from "./link-sampler";
import { LocalMedia } from "./local-media";
import { MutedSpeaking } from "./muted-speaking";
import { addNotice, removeDeviceError, removeNotice } from "./notices";
import { withHand } from "./raised-hands";
import { isReaction } from "./reactions";
import { type ConversationMessage, RemoteParticipants } from "./remote-participants";
import type { RosterParticipant } from "./roster";
import { SeatWait } from "./seat-wait";
import { nextSelf } from "./self";
import { rosterEventsOf } from "./server-messages";
import { Store } from "./store";
import type { CallEvent, CallState, CallStore, Notice, ReactionName, Self } from "./types";
import { randomUuid } from "./uuid";

const TICK_MS = 200;

export interface CallOptions {
  host: Host;
  engine: Engine;
  /** Milliseconds since the epoch. */
  now?: () => number;
  /** Unique among the messages of this call. */
  newId?: () => string;
}

/** Notices that the start screen has shown already: dismissed by joining. */
const START_SCREEN_NOTICES = new Set<Notice["kind"]["type"]>(["refused", "removed", "device"]);

export class Call implements CallStore {
  #host: Host;
  #engine: Engine;
  #now: () => number;
  #store: Store<CallState>;
  #listeners = new Set<(event: CallEvent) => void>();
  #participants: RemoteParticipants;
  #media: LocalMedia;
  #conversation: Conversation;
  #speaker: SpeakerState = NO_SPEAKER;
  #mutedSpeaking = new MutedSpeaking();
  #seatWait: SeatWait;
  #ticker: ReturnType<typeof setInterval> | undefined;
  #unsubscribe: (() => void)[];

  constructor({ host, engine, now = Date.now, newId = randomUuid }: CallOptions) {
    this.#host = host;
    this.#engine = engine;
    this.#now = now;
    this.#store = new Store(initialState(engine, host.settings.get()));
    this.#conversation = new Conversation(this.#store, now, newId);
    this.#seatWait = new SeatWait(() => this.#requestJoin(), now);
    const local = {
      state: () => this.getState().self.state,
      tracks: () => this.#media.tracks(),
      files: host.files !== undefined,
    };
    this.#participants = new RemoteParticipants(engine, local, now, {
      changed: () => this.#publishParticipants(),
      event: (event) => this.#emit(event),
      hand: (key, raised) => this.#onHand(key, raised),
      linkFailed: (participant, detail) => this.#onLinkFailed(participant, detail),
      linkFailureResolved: (key) => this.dismissNotice(`link-${key}`),
      message: (participant, message) => this.#onMessage(participant, message),
      signal: (id, signal) => host.signaling.signal(id, signal),
    });
    this.#media = new LocalMedia(engine, host.settings, {
      changed: (patch) => this.#updateSelf(patch),
      send: (source, track) => this.#participants.setTrack(source, track),
      failed: (source, error) =>
        this.#notify({ type: "device", source, code: error.code }, error.detail, `device-${source}`),
      lost: (source, fallback) =>
        this.#notify({ type: "device-lost", source, fallback }, "", `device-${source}`),
      speaker: (problem) =>
        problem === null
          ? this.dismissNotice("speaker")
          : this.#notify({ type: "speaker", problem }, "", "speaker"),
    });
    this.#unsubscribe = [
      host.signaling.subscribe((event) => this.#onSignaling(event)),
      engine.playback.onChange(() => this.#store.set({ playbackBlocked: engine.playback.blocked() })),
    ];
  }

  getState = (): CallState => this.#store.get();

  subscribe = (listener: () => void): (() => void) => this.#store.subscribe(listener);

  onEvent = (listener: (event: CallEvent) => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  join = (room: string, typedName: string): void => {
    if (this.getState().phase !== "idle") return;
    const name = sentName(typedName);
    this.#host.settings.set({ name });
    const { notices, self } = this.getState();
    this.#store.set({
      phase: "joining",
      room,
      chat: [],
      unread: 0,
      reactions: [],
      self: { ...self, name },
      notices: notices.filter(({ kind }) => !START_SCREEN_NOTICES.has(kind.type)),
    });
    this.#requestJoin();
  };

  leave = (): void => {
    if (this.getState().phase === "idle") return;
    this.#host.signaling.leave();
    this.#end();
  };

  setMicrophone = (on: boolean): void => this.#media.setMicrophone(on);

  setCamera = (on: boolean): void => this.#media.setCamera(on);

  setScreen = (on: boolean): void => {
    if (on && this.getState().phase !== "joined") return;
    this.#media.setScreen(on);
  };

  setScreenContent = (content: "text" | "motion"): void => this.#media.setScreenContent(content);

  selectDevice = (kind: "microphone" | "camera" | "speaker", id: string | null): void =>
    this.#media.selectDevice(kind, id);

  setHand = (raised: boolean): void => {
    const { self } = this.getState();
    this.#updateSelf({ state: { ...self.state, hand: raised } });
  };

  react = (reaction: ReactionName): void => {
    if (this.getState().phase !== "joined") return;
    this.#participants.broadcast({ type: "reaction", reaction });
    this.#conversation.addReaction("self", reaction);
  };

  sendChat = (text: string): boolean => {
    const checked = checkDraft(text);
    if (!checked.ok && checked.reason === "too-long")
      this.#notify({ type: "chat-too-long" }, "", "chat-too-long");
    if (!checked.ok || this.getState().phase !== "joined") return false;
    this.#conversation.sendChat(checked.text, (message) => this.#participants.broadcast(message));
    return true;
  };

  sendChatAgain = (message: string): void =>
    this.#conversation.sendAgain(message, (again, keys) => this.#participants.broadcast(again, keys));

  setChatVisible = (visible: boolean): void => this.#conversation.setVisible(visible);

  dismissNotice = (key: string): void =>
    this.#store.set({ notices: removeNotice(this.getState().notices, key) });

  unblockPlayback = (): void => void this.#engine.playback.unblock();

  retryLink = (participant: string): void => this.#participants.retry(participant);

  retryServer = (): void => this.#host.signaling.retry();

  stats = (participant: string): Promise<LinkStats | null> => this.#participants.stats(participant);

  samples = (participant: string): readonly StatsSample[] => this.#participants.samples(participant);

  watchSamples = (participant: string, listener: () => void): (() => void) =>
    this.#participants.watchSamples(participant, listener);

  setShownHeights = (heights: ReadonlyMap<string, number>): void =>
    this.#participants.setShownHeights(heights);

  level = (participant: string): number =>
    participant === "self" ? (this.#media.microphone?.level() ?? 0) : this.#participants.level(participant);

  /** For programs that outlive a call: tests. A page ends with its call. */
  destroy(): void {
    this.leave();
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    this.#media.close();
    this.#engine.close();
    this.#listeners.clear();
  }

  /** Joins, or tries again, with what the state has. */
  #requestJoin(): void {
    const { room, self } = this.getState();
    if (room !== null) this.#host.signaling.join({ room, name: self.name });
  }

  #onSignaling(event: SignalingEvent): void {
    if (event.type === "message") {
      this.#onServerMessage(event.message);
      return;
    }
    const { status } = event;
    this.#store.set({ signaling: status });
    const { phase } = this.getState();
    if (status.kind === "refused" && phase !== "idle") {
      if (phase === "joining" && this.#seatWait.onRefused(status)) {
        this.#store.set({ waitingForSeat: true });
        return;
      }
      this.#end();
      this.#notify({ type: "refused", code: status.code }, status.detail, "refused");
    }
  }

  #onServerMessage(message: ServerMessage): void {
    if (this.getState().phase === "idle") {
      // A host that outlives the page (the desktop's) is still in the room after a reload.
      if (message.type !== "joined") return;
      const { self } = this.getState();
      this.#store.set({ phase: "joining", self: { ...self, name: this.#host.settings.get().name } });
    }
    // A `left` that answers our own `leave` arrives while idle. Here the server ended the stay.
    const removed =
      message.type === "left" ||
      (message.type === "participant-left" && message.participant === this.getState().self.id);
    if (removed) this.#onRemoved();
    else if (message.type === "joined") this.#onJoined(message);
    else if (message.type === "pong") {
      if (message.iceServers) this.#participants.setIceServers(message.iceServers);
    } else {
      for (const event of rosterEventsOf(message)) this.#participants.dispatch(event);
    }
  }

  #onJoined(message: Extract<ServerMessage, { type: "joined" }>): void {
    const first = this.getState().phase !== "joined";
    this.#seatWait.end();
    this.#participants.setIceServers(message.iceServers);
    const { self, joinedAt } = this.getState();
    this.#store.set({
      phase: "joined",
      waitingForSeat: false,
      room: message.room.id,
      capacity: message.room.capacity,
      self: { ...self, id: message.self },
      joinedAt: first ? this.#now() : joinedAt,
    });
    for (const event of rosterEventsOf(message)) this.#participants.dispatch(event);
    if (first) {
      this.#ticker ??= setInterval(() => this.#tick(), TICK_MS);
      this.#emit({ type: "joined" });
    }
  }

  #onRemoved(): void {
    this.#host.signaling.leave();
    this.#end();
    this.#notify({ type: "removed" }, "", "removed");
  }

  /**
   * Out of the room: closes every link and stops every device. If the room was never entered (refused, or cancelled),
   * the person is back at the preview, and devices stay as they are there.
   */
  #end(): void {
    const wasJoined = this.getState().phase === "joined";
    clearInterval(this.#ticker);
    this.#ticker = undefined;
    this.#seatWait.end();
    this.#participants.dispatch({ type: "left" });
    if (wasJoined) this.#media.stop();
    this.#speaker = NO_SPEAKER;
    const { self, notices } = this.getState();
    this.#store.set({
      phase: "idle",
      waitingForSeat: false,
      room: null,
      participants: [],
      activeSpeaker: null,
      reactions: [],
      hands: [],
      joinedAt: null,
      self: { ...self, id: null, state: { ...self.state, hand: false } },
      notices: notices.filter(({ kind }) => kind.type !== "link-failed"),
    });
    if (wasJoined) this.#emit({ type: "left" });
  }

  #onLinkFailed({ key, id, name }: RosterParticipant, detail: string): void {
    // Without an engine every link fails. The interface says so once, not for each participant.
    if (!this.#engine.capabilities.calls) return;
    this.#notify({ type: "link-failed", participant: id, name }, detail, `link-${key}`);
  }

  #onMessage({ key, name }: RosterParticipant, message: ConversationMessage): void {
    if (message.type === "reaction") {
      if (isReaction(message.reaction)) this.#conversation.addReaction(key, message.reaction);
    } else if (this.#conversation.receiveChat({ key, name }, message)) {
      this.#emit({ type: "chat", name, text: message.text });
    }
  }

  /** Changes the local participant; the media state is sent to the others if it changed. */
  #updateSelf(patch: Partial<Self>): void {
    const previous = this.getState().self;
    const next = nextSelf(previous, patch);
    this.#store.set({ self: next });
    for (const source of ["microphone", "camera", "screen"] as const) {
      if (next[source].status === "on" && previous[source].status !== "on")
        this.#store.set({ notices: removeDeviceError(this.getState().notices, source) });
    }
    if (next.state !== previous.state) this.#participants.queueState();
    this.#onHand("self", next.state.hand);
  }

  #onHand(key: string, raised: boolean): void {
    this.#store.set({ hands: withHand(this.getState().hands, key, raised) });
  }

  #notify(kind: Notice["kind"], detail: string, key: string): void {
    this.#store.set({ notices: addNotice(this.getState().notices, { key, kind, detail }) });
  }

  #emit(event: CallEvent): void {
    for (const listener of [...this.#listeners]) listener(event);
  }

  #tick(): void {
    const now = this.#now();
    this.#participants.tick();
    const levels = new Map([["self", this.level("self")], ...this.#participants.levels()]);
    this.#speaker = nextSpeaker(this.#speaker, levels, now);
    this.#store.set({ activeSpeaker: this.#speaker.speaker });
    this.#conversation.tick(now);
    const track = this.#media.microphone;
    const muted = track !== null && this.getState().self.microphone.status === "off";
    if (this.#mutedSpeaking.onLevel(muted, track?.inputLevel?.() ?? 0, now))
      this.#emit({ type: "muted-speaking" });
  }

  #publishParticipants(): void {
    this.#store.set({ participants: this.#participants.snapshot(this.getState().participants) });
  }
}
