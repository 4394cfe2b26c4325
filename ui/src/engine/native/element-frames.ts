import { showVideo } from "../video-element";

/** The page supports {@link ElementFrames}. */
export function canReadElements(page: object): boolean {
  return "createImageBitmap" in page && "VideoFrame" in page;
}

/**
 * Reads the frames of a captured track from an invisible video element, for webviews whose workers have no
 * `MediaStreamTrackProcessor`. By way of a bitmap: WebKitGTK's encoder rejects a VideoFrame of the element itself, and a
 * canvas would copy once more.
 */
export class ElementFrames {
  #element = document.createElement("video");
  #pixel = pixelContext();
  #detach: () => void;
  #grabbedFrames = 0;
  #warned = false;

  /** Takes ownership of the track. */
  constructor(private readonly track: MediaStreamTrack) {
    this.#detach = showVideo(this.#element, track);
  }

  /** The newest frame, which the caller closes; null if there is no new one. */
  async grab(): Promise<VideoFrame | null> {
    const { totalVideoFrames } = this.#element.getVideoPlaybackQuality();
    if (totalVideoFrames === this.#grabbedFrames) return null;
    const before = this.#grabbedFrames;
    this.#grabbedFrames = totalVideoFrames;
    try {
      const bitmap = await createImageBitmap(this.#element);
      try {
        if (this.#isEmpty(bitmap)) {
          // Grabbed again by the next call.
          this.#grabbedFrames = before;
          return null;
        }
        return new VideoFrame(bitmap, { timestamp: Math.round(performance.now() * 1_000) });
      } finally {
        bitmap.close();
      }
    } catch (error) {
      // Expected for a moment after each change of the element; logged once in case it lasts.
      if (!this.#warned) console.warn("reading frames from a video element", error);
      this.#warned = true;
      return null;
    }
  }

  /**
   * Whether the bitmap is transparent: WebKitGTK counts a frame before it can be painted, and then returns a transparent
   * bitmap instead of an error, which would be sent as black. Captured frames are opaque.
   */
  #isEmpty(bitmap: ImageBitmap): boolean {
    if (!this.#pixel) return false;
    this.#pixel.clearRect(0, 0, 1, 1);
    this.#pixel.drawImage(bitmap, 0, 0, 1, 1, 0, 0, 1, 1);
    return this.#pixel.getImageData(0, 0, 1, 1).data[3] === 0;
  }

  close(): void {
    this.#detach();
    this.track.stop();
  }
}

/** A canvas of one pixel. */
function pixelContext(): CanvasRenderingContext2D | null {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 1;
  return canvas.getContext("2d", { willReadFrequently: true });
}
