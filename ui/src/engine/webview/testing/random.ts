/** Pseudo-random choices that a seed reproduces (mulberry32). */
export function randomPicker(seed: number): <T>(items: readonly T[]) => T {
  let state = seed >>> 0;
  return (items) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let hash = Math.imul(state ^ (state >>> 15), state | 1);
    hash = (hash + Math.imul(hash ^ (hash >>> 7), hash | 61)) ^ hash;
    const item = items[((hash ^ (hash >>> 14)) >>> 0) % items.length];
    if (item === undefined) throw new Error("nothing to pick from");
    return item;
  };
}
