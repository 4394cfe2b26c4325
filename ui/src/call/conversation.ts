import type { PeerMessage } from "../protocol/generated";
import { append, clampTime, relabel } from "./chat";
import { addReaction, expireReactions } from "./reactions";
import type { Store } from "./store";
import type { CallState, ReactionName } from "./types";

type Chat = Extract<PeerMessage, { type: "chat" }>;

/** What people say to each other without their voices: chat and reactions, kept in the call's state. */
export class Conversation {
  #visible = false;
  #reactions = 0;

  constructor(
    private readonly store: Store<CallState>,
    private readonly now: () => number,
    private readonly newId: () => string,
  ) {}

  /** `broadcast` hands the message to everyone, and names those it could not be handed to. */
  say(text: string, broadcast: (message: Chat) => readonly string[]): void {
    const { chat, self } = this.store.get();
    const id = this.newId();
    const at = this.now();
    const undelivered = broadcast({ type: "chat", id, at, text });
    this.store.set({
      chat: append(chat, { key: `self:${id}`, from: "self", name: self.name, at, text, undelivered }),
    });
  }

  /** False for a repetition. `key` tells senders apart whatever their ID is at present. */
  hear(key: string, from: { id: string; name: string }, message: Chat): boolean {
    const { chat, unread } = this.store.get();
    const next = append(chat, {
      key: `${key}:${message.id}`,
      from: from.id,
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

  /** Somebody has another ID now. */
  relabel(from: string, to: string): void {
    this.store.set({ chat: relabel(this.store.get().chat, from, to) });
  }

  react(from: string, reaction: ReactionName): void {
    const key = `reaction-${++this.#reactions}`;
    this.store.set({
      reactions: addReaction(this.store.get().reactions, { key, from, reaction, at: this.now() }),
    });
  }

  tick(now: number): void {
    this.store.set({ reactions: expireReactions(this.store.get().reactions, now) });
  }
}
