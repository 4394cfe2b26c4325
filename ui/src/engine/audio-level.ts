/** Level 0–1 on a decibel scale, because loudness is perceived logarithmically: −60 dBFS and below is 0, full scale 1. */
export function levelFromDecibels(decibels: number): number {
  return Math.min(1, Math.max(0, 1 + decibels / 60));
}

/** The same for an amplitude, 0–1. */
export function levelFromAmplitude(amplitude: number): number {
  return levelFromDecibels(20 * Math.log10(amplitude));
}
