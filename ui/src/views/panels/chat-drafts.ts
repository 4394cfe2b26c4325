import type { RefObject } from "react";
import type { CallStore } from "../../call/types";

/** Rooms whose unsent text is kept. */
const MAX_ROOMS = 16;

/** In memory only, by call: for as long as the page. */
const DRAFTS = new WeakMap<CallStore, Map<string, RefObject<string>>>();

/**
 * The unsent text in a room. It outlives the panel, and the call screen as well: somebody who is thrown out of a room and
 * comes back finds it there.
 */
export function chatDraft(call: CallStore, room: string): RefObject<string> {
  const drafts = DRAFTS.get(call) ?? new Map<string, RefObject<string>>();
  DRAFTS.set(call, drafts);
  const draft = drafts.get(room) ?? { current: "" };
  // The most recent room last.
  drafts.delete(room);
  drafts.set(room, draft);
  for (const oldest of drafts.keys()) if (drafts.size > MAX_ROOMS) drafts.delete(oldest);
  return draft;
}
