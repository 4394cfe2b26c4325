import { LIMITS } from "../protocol/generated";
import type { ChatMessage } from "./types";

/** Messages kept; older ones go. */
export const CHAT_HISTORY = 500;
/** How far from ours a sender's clock may say it is: what arrives was written just now. Milliseconds. */
const MAX_AGE_MS = 60_000;

/** What may be sent: trimmed, not empty, within the limit; otherwise why not. */
export function draft(
  text: string,
): { ok: true; text: string } | { ok: false; reason: "empty" | "too-long" } {
  const trimmed = text.trim();
  if (trimmed === "") return { ok: false, reason: "empty" };
  if (trimmed.length > LIMITS.maxChatUnits) return { ok: false, reason: "too-long" };
  return { ok: true, text: trimmed };
}

export function clampTime(at: number, now: number): number {
  return Math.min(now, Math.max(now - MAX_AGE_MS, at));
}

/** Appends; a key that is there already is a repetition and changes nothing. */
export function append(history: readonly ChatMessage[], message: ChatMessage): readonly ChatMessage[] {
  if (history.some(({ key }) => key === message.key)) return history;
  return [...history, message].slice(-CHAT_HISTORY);
}

/** A participant has another ID now; what they wrote stays theirs. */
export function relabel(history: readonly ChatMessage[], from: string, to: string): readonly ChatMessage[] {
  if (!history.some((message) => message.from === from)) return history;
  return history.map((message) => (message.from === from ? { ...message, from: to } : message));
}
