/** Who speaks, from levels: pure, so that what a flickering frame looks like can be tested. */

/** Below this nobody speaks (perceptual, 0–1; about −40 dBFS). */
export const SPEECH_LEVEL = 0.33;
/** A speaker keeps the frame this long into a pause, in milliseconds. */
export const HOLD_MS = 2_000;
/** Somebody else must be louder for this long to take over from one who still speaks, in milliseconds. */
export const TAKEOVER_MS = 600;
/** And by this much. */
export const TAKEOVER_MARGIN = 0.08;

export interface SpeakerState {
  speaker: string | null;
  /** When the speaker was last heard. */
  heardAt: number;
  /** Who is about to take over, and since when. */
  challenger: { id: string; since: number } | null;
}

export const NOBODY: SpeakerState = { speaker: null, heardAt: 0, challenger: null };

/** One step, several times a second. `levels`: participant ID (or "self") → level. */
export function nextSpeaker(
  state: SpeakerState,
  levels: ReadonlyMap<string, number>,
  now: number,
): SpeakerState {
  let loudest: string | null = null;
  let top = SPEECH_LEVEL;
  for (const [id, level] of levels) {
    if (level > top) {
      loudest = id;
      top = level;
    }
  }
  const { speaker } = state;
  const level = speaker === null ? undefined : levels.get(speaker);
  if (speaker === null || level === undefined) {
    return loudest === null ? NOBODY : { speaker: loudest, heardAt: now, challenger: null };
  }
  const heardAt = level >= SPEECH_LEVEL ? now : state.heardAt;
  if (loudest === null || loudest === speaker || top < level + TAKEOVER_MARGIN) {
    return now - heardAt > HOLD_MS ? NOBODY : { speaker, heardAt, challenger: null };
  }
  const since = state.challenger?.id === loudest ? state.challenger.since : now;
  if (now - since >= TAKEOVER_MS) return { speaker: loudest, heardAt: now, challenger: null };
  return { speaker, heardAt, challenger: { id: loudest, since } };
}
