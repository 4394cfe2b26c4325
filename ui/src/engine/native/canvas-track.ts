/** What showing pictures by a canvas takes, in the page. */
export function canCaptureCanvases(page: {
  HTMLCanvasElement?: { prototype: object };
  VideoFrame?: unknown;
}) {
  return "VideoFrame" in page && "captureStream" in (page.HTMLCanvasElement?.prototype ?? {});
}

/**
 * A track made of pictures that are drawn on a canvas nobody sees: for webviews whose workers have no
 * `VideoTrackGenerator`.
 */
export class CanvasTrack {
  readonly track: MediaStreamTrack;
  #canvas = document.createElement("canvas");
  #context: CanvasRenderingContext2D | null;

  /** Throws where canvases cannot be captured. */
  constructor() {
    // Opaque: video has no holes, and blending costs.
    this.#context = this.#canvas.getContext("2d", { alpha: false });
    // Frames when asked for: WebKit takes others only of canvases that are painted.
    const [track] = this.#canvas.captureStream(0).getVideoTracks();
    if (!track) throw new Error("a canvas without a track");
    this.track = track;
  }

  /** Takes the frame over. */
  draw(frame: VideoFrame): void {
    const { displayWidth, displayHeight } = frame;
    // Set to what it is, a size clears all the same.
    if (this.#canvas.width !== displayWidth || this.#canvas.height !== displayHeight) {
      this.#canvas.width = displayWidth;
      this.#canvas.height = displayHeight;
    }
    this.#context?.drawImage(frame, 0, 0);
    frame.close();
    (this.track as CanvasCaptureMediaStreamTrack).requestFrame();
  }
}
