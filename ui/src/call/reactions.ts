import { REACTIONS, type Reaction, type ReactionName } from "./types";

/** How long a reaction is shown, in milliseconds. */
const REACTION_MS = 4_000;
/** Shown at the same time; older ones are dropped. */
const MAX_REACTIONS = 24;

interface Timed extends Reaction {
  at: number;
}

export function isReaction(name: string): name is ReactionName {
  return (REACTIONS as readonly string[]).includes(name);
}

export function addReaction(reactions: readonly Reaction[], reaction: Timed): readonly Reaction[] {
  return [...reactions, reaction].slice(-MAX_REACTIONS);
}

/** The same array when nothing expired. */
export function expireReactions(reactions: readonly Reaction[], now: number): readonly Reaction[] {
  const alive = reactions.filter((reaction) => now - ((reaction as Timed).at ?? 0) < REACTION_MS);
  return alive.length === reactions.length ? reactions : alive;
}
