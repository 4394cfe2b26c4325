/** Short tones, made rather than loaded. */
export interface Chime {
  /** Hertz, played one after the other. */
  notes: readonly number[];
}

export const JOIN: Chime = { notes: [587.33, 880] };
export const LEAVE: Chime = { notes: [659.25, 440] };

const NOTE_SECONDS = 0.11;
const FADE_SECONDS = 0.22;
const VOLUME = 0.07;

/** Plays chimes; opens the audio device at the first one, and not where it is refused. */
export function createSounds(): { play(chime: Chime): void; close(): void } {
  let context: AudioContext | null = null;
  let rest: ReturnType<typeof setTimeout> | undefined;
  return {
    play(chime) {
      if (typeof AudioContext === "undefined") return;
      const opened = context ?? new AudioContext();
      context = opened;
      const { currentTime: now } = opened;
      // Before a first click the context is suspended: a chime that came late would be a lie.
      if (opened.state === "suspended") void opened.resume().catch(() => undefined);
      for (const [index, frequency] of chime.notes.entries())
        note(opened, frequency, now + index * NOTE_SECONDS);
      // A context that runs renders silence for good, on a thread of its own and with the audio device open.
      clearTimeout(rest);
      const seconds = chime.notes.length * NOTE_SECONDS + FADE_SECONDS + 0.5;
      rest = setTimeout(() => void opened.suspend().catch(() => undefined), seconds * 1_000);
    },
    close() {
      clearTimeout(rest);
      void context?.close().catch(() => undefined);
      context = null;
    },
  };
}

function note(context: AudioContext, frequency: number, at: number): void {
  const oscillator = context.createOscillator();
  const gain = context.createGain();
  oscillator.type = "sine";
  oscillator.frequency.value = frequency;
  gain.gain.setValueAtTime(0, at);
  gain.gain.linearRampToValueAtTime(VOLUME, at + 0.012);
  gain.gain.exponentialRampToValueAtTime(0.0001, at + NOTE_SECONDS + FADE_SECONDS);
  oscillator.connect(gain).connect(context.destination);
  oscillator.start(at);
  oscillator.stop(at + NOTE_SECONDS + FADE_SECONDS);
}
