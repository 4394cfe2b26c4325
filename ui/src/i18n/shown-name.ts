import type { Text } from "./en";

/** Blocks of scripts that are written from right to left. */
const RIGHT_TO_LEFT = /[\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFF\u{10800}-\u{10FFF}\u{1E800}-\u{1EFFF}]/u;

/**
 * A name for a sentence: one from right to left is isolated (UAX #9, FSI and PDI), or it would reorder what stands
 * around it. Names have no direction marks of their own (`cleanName`), so others need nothing.
 */
export function isolated(name: string): string {
  return RIGHT_TO_LEFT.test(name) ? `\u2068${name}\u2069` : name;
}

/** As others see a participant: somebody without a name is a guest. */
export function shownName(name: string, text: Text): string {
  return isolated(name) || text.common.guest;
}
