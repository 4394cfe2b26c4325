import { showVideo } from "../video-element";

/** What reading pictures off an element takes, in the page. */
export function canReadElements(page: object): boolean {
  return "createImageBitmap" in page && "VideoFrame" in page;
}

/**
 * Pictures of a captured track, read off an element nobody sees: for webviews whose workers have no
 * `MediaStreamTrackProcessor`. A frame made of the element itself is one that WebKitGTK's encoder refuses; a canvas
 * would be one more copy than a bitmap.
 */
export class ElementFrames {
  #element = document.createElement("video");
  #hide: () => void;
  #seen = 0;
  #warned = false;

  /** Takes the track over. */
  constructor(private readonly track: MediaStreamTrack) {
    this.#hide = showVideo(this.#element, track);
  }

  /** The newest picture, which the caller closes; null while it is the one from before. */
  async grab(): Promise<VideoFrame | null> {
    const { totalVideoFrames } = this.#element.getVideoPlaybackQuality();
    if (totalVideoFrames === this.#seen) return null;
    this.#seen = totalVideoFrames;
    try {
      const bitmap = await createImageBitmap(this.#element);
      try {
        return new VideoFrame(bitmap, { timestamp: Math.round(performance.now() * 1_000) });
      } finally {
        bitmap.close();
      }
    } catch (error) {
      // An element has none for a moment after each change; one that never has would go unnoticed.
      if (!this.#warned) console.warn("reading pictures off an element", error);
      this.#warned = true;
      return null;
    }
  }

  close(): void {
    this.#hide();
    this.track.stop();
  }
}
