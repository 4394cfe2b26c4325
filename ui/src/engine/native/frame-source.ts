import type { FrameAccess } from "./codecs";

/** Frames that wait for a worker that is busy. With the usual one, a moment's work loses the frame before. */
const MAX_WAITING = 3;

/** Where captured frames come from. */
export interface FrameSource {
  /** Frames from now on; whoever reads them closes them. Throws where there are none. */
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
    // Throws for a track that has ended; the page hears of that by itself.
    return new MediaStreamTrackProcessor({ track: this.track, maxBufferSize: MAX_WAITING }).readable;
  }

  close(): void {
    this.track.stop();
  }
}
