const showing = new Set<HTMLVideoElement>();

/** Shows `track` in `element`, muted (sound is the engine's); returns what undoes it. */
export function showVideo(element: HTMLVideoElement, track: MediaStreamTrack): () => void {
  const stream = new MediaStream([track]);
  element.muted = true;
  element.playsInline = true;
  element.srcObject = stream;
  showing.add(element);
  // Rejects when it is replaced or removed before the first frame.
  void element.play().catch(() => {});
  return () => {
    if (element.srcObject !== stream) return;
    element.srcObject = null;
    showing.delete(element);
  };
}

/** Empties every element as soon as `page` goes, for the reason in {@link ShownIn}: its tracks end then. */
export function emptyWhenGone(page: EventTarget): void {
  page.addEventListener("pagehide", emptyAll);
}

function emptyAll(): void {
  for (const element of showing) element.srcObject = null;
  showing.clear();
}

/**
 * The elements that show one track. They are to be cleared before the track ends: WebKitGTK without a graphics
 * card draws on the main thread, which waits there for the pipeline of an element whose track ended, while the
 * pipeline waits for the main thread to draw. The page then hangs for good.
 */
export class ShownIn {
  #elements = new Map<HTMLVideoElement, () => void>();

  /** Shows `track`, or what comes for it in {@link replace}; returns what takes it out again. */
  attach(element: HTMLVideoElement, track: MediaStreamTrack | null): () => void {
    this.#show(element, track);
    return () => {
      this.#elements.get(element)?.();
      this.#elements.delete(element);
    };
  }

  replace(track: MediaStreamTrack): void {
    for (const element of this.#elements.keys()) this.#show(element, track);
  }

  clear(): void {
    for (const undo of this.#elements.values()) undo();
    this.#elements.clear();
  }

  #show(element: HTMLVideoElement, track: MediaStreamTrack | null): void {
    this.#elements.set(element, track ? showVideo(element, track) : () => {});
  }
}
