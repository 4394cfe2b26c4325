/** Loudness is heard in decibels: −60 dBFS and below is 0, full scale 1. */
export function perceived(decibels: number): number {
  return Math.min(1, Math.max(0, 1 + decibels / 60));
}

/** The same of an amplitude, 0–1. */
export function perceivedAmplitude(amplitude: number): number {
  return perceived(20 * Math.log10(amplitude));
}
