import { AudioOutput } from "./audio-output";

/** Short tones, synthesised instead of loaded. */
export interface Chime {
  /** Hertz, played one after the other. */
  notes: readonly number[];
  /** 0–1; without it as soft as a chime beside a conversation. */
  volume?: number;
}

export const JOIN: Chime = { notes: [587.33, 880] };
export const LEAVE: Chime = { notes: [659.25, 440] };
export const OFFER: Chime = { notes: [783.99, 783.99] };
/** As loud as speech. */
export const TEST: Chime = { notes: [523.25, 659.25, 783.99], volume: 0.25 };

const NOTE_SECONDS = 0.11;
const FADE_SECONDS = 0.22;
const VOLUME = 0.07;

/** How long a chime is heard, in milliseconds. */
export function durationOf(chime: Chime): number {
  return (chime.notes.length * NOTE_SECONDS + FADE_SECONDS) * 1_000;
}

/**
 * Plays chimes on the loudspeaker that `speaker` returns (null: the system's default). The audio device is opened for
 * the first one, and suspended after each.
 */
export function createSounds(speaker: () => string | null): { play(chime: Chime): void; close(): void } {
  let output: AudioOutput | null = null;
  let suspendTimer: ReturnType<typeof setTimeout> | undefined;
  const start = ({ context, node }: AudioOutput, { notes, volume = VOLUME }: Chime) => {
    if (context.state === "closed") return;
    // Suspended after a chime, or by the autoplay policy before the first click.
    if (context.state === "suspended") void context.resume().catch(() => undefined);
    const now = context.currentTime;
    for (const [index, frequency] of notes.entries())
      playNote({ context, node }, frequency, now + index * NOTE_SECONDS, volume);
    // A running context keeps a thread and the audio device busy with silence.
    clearTimeout(suspendTimer);
    suspendTimer = setTimeout(
      () => void context.suspend().catch(() => undefined),
      durationOf({ notes }) + 500,
    );
  };
  return {
    play(chime) {
      if (typeof AudioContext === "undefined") return;
      output ??= new AudioOutput();
      const opened = output;
      const moving = opened.select(speaker());
      if (moving) void moving.then(() => start(opened, chime));
      else start(opened, chime);
    },
    close() {
      clearTimeout(suspendTimer);
      output?.close();
      output = null;
    },
  };
}

function playNote(
  { context, node }: Pick<AudioOutput, "context" | "node">,
  frequency: number,
  at: number,
  volume: number,
): void {
  const oscillator = context.createOscillator();
  const gain = context.createGain();
  oscillator.type = "sine";
  oscillator.frequency.value = frequency;
  gain.gain.setValueAtTime(0, at);
  gain.gain.linearRampToValueAtTime(volume, at + 0.012);
  gain.gain.exponentialRampToValueAtTime(0.0001, at + NOTE_SECONDS + FADE_SECONDS);
  oscillator.connect(gain).connect(node);
  oscillator.start(at);
  oscillator.stop(at + NOTE_SECONDS + FADE_SECONDS);
}
