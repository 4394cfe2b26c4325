import type { PeerMessage } from "../protocol/generated";
import { append, clampTime } from "./chat";
import { addReaction, expireReactions } from "./reactions";
import type { Store } from "./store";
import type { CallState, ReactionName } from "./types";

type ChatPeerMessage = Extract<PeerMessage, { type: "chat" }>;

/** Chat and reactions, kept in the call's state. */
export class Conversation {
  #visible = false;
  #reactions = 0;

  constructor(
    private readonly store: Store<CallState>,
    private readonly now: () => number,
    private readonly newId: () => string,
  ) {}

  /** `broadcast` sends the message, and returns the names of those it could not be sent to. */
  sendChat(text: string, broadcast: (message: ChatPeerMessage) => readonly string[]): void {
    const { chat, self } = this.store.get();
    const id = this.newId();
    const at = this.now();
    const undelivered = broadcast({ type: "chat", id, at, text });
    this.store.set({
      chat: append(chat, { key: `self:${id}`, from: "self", name: self.name, at, text, undelivered }),
    });
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
