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
  #sample = sampler();
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
    const before = this.#seen;
    this.#seen = totalVideoFrames;
    try {
      const bitmap = await createImageBitmap(this.#element);
      try {
        if (this.#isEmpty(bitmap)) {
          // It is asked for again.
          this.#seen = before;
          return null;
        }
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

  /**
   * Whether nothing was drawn: WebKitGTK counts a frame before it can be painted, and then gives a transparent bitmap
   * instead of an error. It would be sent as a black picture. A camera's pictures are opaque.
   */
  #isEmpty(bitmap: ImageBitmap): boolean {
    if (!this.#sample) return false;
    this.#sample.clearRect(0, 0, 1, 1);
    this.#sample.drawImage(bitmap, 0, 0, 1, 1, 0, 0, 1, 1);
    return this.#sample.getImageData(0, 0, 1, 1).data[3] === 0;
  }

  close(): void {
    this.#hide();
    this.track.stop();
  }
}

/** One pixel to look at. */
function sampler(): CanvasRenderingContext2D | null {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 1;
  return canvas.getContext("2d", { willReadFrequently: true });
}
