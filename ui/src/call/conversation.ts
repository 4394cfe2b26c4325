import type { PeerMessage } from "../protocol/generated";
import { append, canSendAgain, clampTime } from "./chat";
import { addReaction, expireReactions } from "./reactions";
import type { Store } from "./store";
import type { CallState, ChatMessage, ReactionName } from "./types";

type ChatPeerMessage = Extract<PeerMessage, { type: "chat" }>;

/** Before the ID of an own message in its key. */
const OWN = "self:";

/** Chat and reactions, kept in the call's state. */
export class Conversation {
  #visible = false;
  #reactions = 0;

  constructor(
    private readonly store: Store<CallState>,
    private readonly now: () => number,
    private readonly newId: () => string,
  ) {}

  /** `broadcast` sends the message, and returns those it could not be sent to. */
  sendChat(text: string, broadcast: (message: ChatPeerMessage) => ChatMessage["undelivered"]): void {
    const { chat, self, participants } = this.store.get();
    const id = this.newId();
    const at = this.now();
    const alone = participants.length === 0;
    const undelivered = broadcast({ type: "chat", id, at, text });
    const message = { from: "self", name: self.name, at, text, undelivered, alone };
    this.store.set({ chat: append(chat, { key: OWN + id, ...message }) });
  }

  /**
   * `broadcast` sends the message to those with these keys (null: to everyone), and returns those it could not be sent to.
   * It keeps its ID, so that whoever has it already drops it.
   */
  sendAgain(
    key: string,
    broadcast: (message: ChatPeerMessage, keys: readonly string[] | null) => ChatMessage["undelivered"],
  ): void {
    const { chat, participants } = this.store.get();
    const message = chat.find((candidate) => candidate.key === key);
    if (message?.from !== "self" || !canSendAgain(message, participants)) return;
    const { at, text } = message;
    const gone = message.undelivered.filter(
      (missed) => !participants.some((participant) => participant.key === missed.key),
    );
    const missed = message.undelivered.map((participant) => participant.key);
    const failed = broadcast(
      { type: "chat", id: key.slice(OWN.length), at, text },
      message.alone ? null : missed,
    );
    const sent = { ...message, undelivered: [...gone, ...failed], alone: false };
    this.store.set({ chat: chat.map((candidate) => (candidate === message ? sent : candidate)) });
  }

  /** False for a duplicate. */
  receiveChat(from: { key: string; name: string }, message: ChatPeerMessage): boolean {
    const { chat, unread } = this.store.get();
    const next = append(chat, {
      key: `${from.key}:${message.id}`,
      from: from.key,
      name: from.name,
      at: clampTime(message.at, this.now()),
      text: message.text,
      undelivered: [],
    });
    if (next === chat) return false;
    this.store.set({ chat: next, unread: this.#visible ? 0 : unread + 1 });
    return true;
  }

  setVisible(visible: boolean): void {
    this.#visible = visible;
    if (visible) this.store.set({ unread: 0 });
  }

  /** `from`: a participant's key, or "self". */
  addReaction(from: string, reaction: ReactionName): void {
    const key = `reaction-${++this.#reactions}`;
    this.store.set({
      reactions: addReaction(this.store.get().reactions, { key, from, reaction, at: this.now() }),
    });
  }

  tick(now: number): void {
    this.store.set({ reactions: expireReactions(this.store.get().reactions, now) });
  }
}
