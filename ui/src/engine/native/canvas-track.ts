/** The page supports {@link CanvasTrack}. */
export function canCaptureCanvases(page: {
  HTMLCanvasElement?: { prototype: object };
  VideoFrame?: unknown;
}) {
  return "VideoFrame" in page && "captureStream" in (page.HTMLCanvasElement?.prototype ?? {});
}

/** A track of frames drawn on an invisible canvas, for webviews whose workers have no `VideoTrackGenerator`. */
export class CanvasTrack {
  readonly track: MediaStreamTrack;
  #canvas = document.createElement("canvas");
  #context: CanvasRenderingContext2D | null;

  /** Throws if canvases cannot be captured. */
  constructor() {
    // Opaque, because video is, and blending costs time.
    this.#context = this.#canvas.getContext("2d", { alpha: false });
    // Frames on request: WebKit captures others only from canvases that are painted.
    const [track] = this.#canvas.captureStream(0).getVideoTracks();
    if (!track) throw new Error("captureStream returned no track");
    this.track = track;
  }

  /** Takes ownership of the frame. */
  draw(frame: VideoFrame): void {
    const { displayWidth, displayHeight } = frame;
    // Assigning width or height clears the canvas even when unchanged.
    if (this.#canvas.width !== displayWidth || this.#canvas.height !== displayHeight) {
      this.#canvas.width = displayWidth;
      this.#canvas.height = displayHeight;
    }
    this.#context?.drawImage(frame, 0, 0);
    frame.close();
    (this.track as CanvasCaptureMediaStreamTrack).requestFrame();
  }
}
