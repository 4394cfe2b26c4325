/**
 * Keys of those whose hand is up, in the order in which they raised it as seen here. `key`: a participant's, or "self".
 * The same array if nothing changed.
 */
export function withHand(hands: readonly string[], key: string, raised: boolean): readonly string[] {
  if (raised === hands.includes(key)) return hands;
  return raised ? [...hands, key] : hands.filter((other) => other !== key);
}

/** 1 for the first one; null if the hand is not up, or alone: then there is no order. */
export function handPosition(hands: readonly string[], key: string): number | null {
  const index = hands.indexOf(key);
  return index < 0 || hands.length < 2 ? null : index + 1;
}

/** Those with a raised hand first, in the order they raised it; the others as they were. */
export function byHand<T extends { key: string }>(people: readonly T[], hands: readonly string[]): T[] {
  const place = ({ key }: T) => (hands.includes(key) ? hands.indexOf(key) : hands.length);
  return [...people].sort((a, b) => place(a) - place(b));
}
