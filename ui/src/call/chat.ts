import { LIMITS } from "../protocol/generated";
import type { ChatMessage, RemoteParticipant } from "./types";

/** Messages kept; older ones are dropped. */
export const MAX_CHAT_MESSAGES = 500;
/** How far a sender's timestamp may be in the past by our clock; messages are delivered at once. Milliseconds. */
const MAX_AGE_MS = 60_000;

/** Trims a message before it is sent, and checks its length. */
export function checkDraft(
  text: string,
): { ok: true; text: string } | { ok: false; reason: "empty" | "too-long" } {
  // Half of a surrogate pair is no character, and not every receiver can decode it.
  const trimmed = text.replace(/\p{Cs}/gu, "\ufffd").trim();
  if (trimmed === "") return { ok: false, reason: "empty" };
  if (trimmed.length > LIMITS.maxChatUnits) return { ok: false, reason: "too-long" };
  return { ok: true, text: trimmed };
}

/** Whether somebody whom an own message did not reach is in the room. */
export function canSendAgain(
  { alone, undelivered }: ChatMessage,
  participants: readonly Pick<RemoteParticipant, "key">[],
): boolean {
  return participants.some(({ key }) => alone || undelivered.some((missed) => missed.key === key));
}

/** `at` by the sender's clock, within {@link MAX_AGE_MS} before `now`. Milliseconds since the epoch. */
export function clampTime(at: number, now: number): number {
  return Math.min(now, Math.max(now - MAX_AGE_MS, at));
}

/** Appends; returns the same history if the key is already in it (a duplicate). */
export function append(history: readonly ChatMessage[], message: ChatMessage): readonly ChatMessage[] {
  if (history.some(({ key }) => key === message.key)) return history;
  return [...history, message].slice(-MAX_CHAT_MESSAGES);
}
