/**
 * Reports that this page has opened a microphone or a camera. The browser's permission, and what it changes for connections,
 * is of the page; so is this.
 */
const listeners = new Set<() => void>();

export function reportOpenedDevice(): void {
  for (const listener of [...listeners]) listener();
}

/** Returns the function that ends the subscription. */
export function onOpenedDevice(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
