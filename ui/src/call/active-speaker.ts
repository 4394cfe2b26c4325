/** Selects the active speaker from audio levels. Pure: levels and the time go in, the next state comes out. */

/** Levels below this are not speech (perceptual scale, 0–1; about −40 dBFS). */
export const SPEECH_LEVEL = 0.33;
/** The speaker stays active this long in a pause, in milliseconds. */
export const HOLD_MS = 2_000;
/** While the speaker still speaks, somebody else must be louder for this long to replace them, in milliseconds. */
export const TAKEOVER_MS = 600;
/** By how much the other must be louder. */
const TAKEOVER_MARGIN = 0.08;

export interface SpeakerState {
  speaker: string | null;
  /** When the speaker was last above {@link SPEECH_LEVEL}, in milliseconds. */
  spokeAt: number;
  /** Who is louder than the speaker, and since when. */
  challenger: { key: string; since: number } | null;
}

export const NO_SPEAKER: SpeakerState = { speaker: null, spokeAt: 0, challenger: null };

/** To be called several times a second. `levels`: by participant key, or "self". */
export function nextSpeaker(
  state: SpeakerState,
  levels: ReadonlyMap<string, number>,
  now: number,
): SpeakerState {
  let loudest: string | null = null;
  let loudestLevel = SPEECH_LEVEL;
  for (const [key, level] of levels) {
    if (level > loudestLevel) {
      loudest = key;
      loudestLevel = level;
    }
  }
  const { speaker } = state;
  const level = speaker === null ? undefined : levels.get(speaker);
  if (speaker === null || level === undefined) {
    return loudest === null ? NO_SPEAKER : { speaker: loudest, spokeAt: now, challenger: null };
  }
  const spokeAt = level >= SPEECH_LEVEL ? now : state.spokeAt;
  if (loudest === null || loudest === speaker || loudestLevel < level + TAKEOVER_MARGIN) {
    return now - spokeAt > HOLD_MS ? NO_SPEAKER : { speaker, spokeAt, challenger: null };
  }
  const since = state.challenger?.key === loudest ? state.challenger.since : now;
  if (now - since >= TAKEOVER_MS) return { speaker: loudest, spokeAt: now, challenger: null };
  return { speaker, spokeAt, challenger: { key: loudest, since } };
}
