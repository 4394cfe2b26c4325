/**
 * The page's `localStorage`, for what is nice to find again and never needed. Where a browser blocks cookies the mere
 * look at `localStorage` throws (HTML §12.2.2), elsewhere its methods do (quota, private windows): then nothing is
 * found, and nothing is kept.
 */
export function readStored(key: string, storage: () => Storage = pageStorage): string | null {
  try {
    return storage().getItem(key);
  } catch {
    return null;
  }
}

export function keepStored(key: string, value: string, storage: () => Storage = pageStorage): void {
  try {
    storage().setItem(key, value);
  } catch {
    // Known to this page only.
  }
}

function pageStorage(): Storage {
  return localStorage;
}
