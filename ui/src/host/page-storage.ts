/**
 * The page's `localStorage`, for optional data. If the browser blocks cookies, reading the `localStorage` property
 * throws (HTML §12.2.2); its methods throw in other cases (quota, private windows). Then reads return null, and writes
 * do nothing.
 */
export function readStored(key: string, storage: () => Storage = pageStorage): string | null {
  try {
    return storage().getItem(key);
  } catch {
    return null;
  }
}

export function writeStored(key: string, value: string, storage: () => Storage = pageStorage): void {
  try {
    storage().setItem(key, value);
  } catch {
    // The value is lost with the page.
  }
}

function pageStorage(): Storage {
  return localStorage;
}
