/** Short tones, synthesised instead of loaded. */
export interface Chime {
  /** Hertz, played one after the other. */
  notes: readonly number[];
}

export const JOIN: Chime = { notes: [587.33, 880] };
export const LEAVE: Chime = { notes: [659.25, 440] };
export const OFFER: Chime = { notes: [783.99, 783.99] };

const NOTE_SECONDS = 0.11;
const FADE_SECONDS = 0.22;
const VOLUME = 0.07;

/** Plays chimes. The audio device is opened for the first one, and suspended after each. */
export function createSounds(): { play(chime: Chime): void; close(): void } {
  let context: AudioContext | null = null;
  let suspendTimer: ReturnType<typeof setTimeout> | undefined;
  return {
    play(chime) {
      if (typeof AudioContext === "undefined") return;
      const opened = context ?? new AudioContext();
      context = opened;
      const { currentTime: now } = opened;
      // Suspended after a chime, or by the autoplay policy before the first click.
      if (opened.state === "suspended") void opened.resume().catch(() => undefined);
      for (const [index, frequency] of chime.notes.entries())
        note(opened, frequency, now + index * NOTE_SECONDS);
      // A running context keeps a thread and the audio device busy with silence.
      clearTimeout(suspendTimer);
      const seconds = chime.notes.length * NOTE_SECONDS + FADE_SECONDS + 0.5;
      suspendTimer = setTimeout(() => void opened.suspend().catch(() => undefined), seconds * 1_000);
    },
    close() {
      clearTimeout(suspendTimer);
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
