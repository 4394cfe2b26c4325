import type { FrameAccess } from "./codecs";

/** Frames buffered for a busy worker. With the default of one, a short delay loses a frame. */
const MAX_BUFFERED = 3;

/** A source of captured frames. */
export interface FrameSource {
  /** A stream of frames, which the reader closes. Throws if there is none. */
  open(): ReadableStream<VideoFrame>;
  close(): void;
}

/** A track that was transferred to the worker. */
export class TrackSource implements FrameSource {
  constructor(
    private readonly track: MediaStreamTrack,
    private readonly access: FrameAccess,
  ) {}

  open(): ReadableStream<VideoFrame> {
    const { MediaStreamTrackProcessor } = this.access;
    if (!MediaStreamTrackProcessor) throw new Error("no MediaStreamTrackProcessor");
    // Throws for an ended track, of which the page is notified separately.
    return new MediaStreamTrackProcessor({ track: this.track, maxBufferSize: MAX_BUFFERED }).readable;
  }

  close(): void {
    this.track.stop();
  }
}
