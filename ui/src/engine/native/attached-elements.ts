import { showVideo } from "../video-element";

/**
 * The video elements that show one track. Clear them before the track ends: without a graphics card WebKitGTK draws on
 * the main thread, which then waits for the pipeline of an element whose track ended, while the pipeline waits for the
 * main thread to draw. The page hangs for good.
 */
export class AttachedElements {
  #elements = new Map<HTMLVideoElement, () => void>();

  /** Shows `track`, or the one given to `replaceTrack` later, until the returned function is called. */
  attach(element: HTMLVideoElement, track: MediaStreamTrack | null): () => void {
    this.#show(element, track);
    return () => {
      this.#elements.get(element)?.();
      this.#elements.delete(element);
    };
  }

  replaceTrack(track: MediaStreamTrack): void {
    for (const element of this.#elements.keys()) this.#show(element, track);
  }

  clear(): void {
    for (const detach of this.#elements.values()) detach();
    this.#elements.clear();
  }

  #show(element: HTMLVideoElement, track: MediaStreamTrack | null): void {
    this.#elements.set(element, track ? showVideo(element, track) : () => {});
  }
}
