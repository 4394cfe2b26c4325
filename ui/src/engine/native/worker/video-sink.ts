/** Destination of decoded frames. */
export interface VideoSink {
  /** Takes ownership of the frame. */
  show(frame: VideoFrame): void;
  close(): void;
}
