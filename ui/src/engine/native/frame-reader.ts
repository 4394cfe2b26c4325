import type { FrameAccess } from "./codecs";

/** Frames that wait for a worker that is busy. With the usual one, a moment's work loses the frame before. */
const MAX_WAITING = 3;

/**
 * Reads frames off a captured track while somebody wants them. Stopped it holds none, and the next start
 * asks for a new processor: one that is kept and not read from would hold on to the camera's buffers.
 */
export class FrameReader {
  #reader: ReadableStreamDefaultReader<VideoFrame> | null = null;

  constructor(
    private readonly track: MediaStreamTrack,
    private readonly access: FrameAccess,
    /** Takes the frame over. */
    private readonly onFrame: (frame: VideoFrame) => void,
    private readonly trouble: (detail: string) => void,
  ) {}

  start(): void {
    if (this.#reader) return;
    const { MediaStreamTrackProcessor } = this.access;
    try {
      if (!MediaStreamTrackProcessor) throw new Error("no MediaStreamTrackProcessor");
      // Throws for a track that has ended; the page hears of that by itself.
      this.#reader = new MediaStreamTrackProcessor({
        track: this.track,
        maxBufferSize: MAX_WAITING,
      }).readable.getReader();
    } catch (error) {
      this.trouble(`reading frames: ${error}`);
      return;
    }
    void this.#read(this.#reader);
  }

  stop(): void {
    const reader = this.#reader;
    this.#reader = null;
    reader?.cancel().catch(() => {});
  }

  close(): void {
    this.stop();
    this.track.stop();
  }

  async #read(reader: ReadableStreamDefaultReader<VideoFrame>): Promise<void> {
    try {
      for (;;) {
        const { value, done } = await reader.read();
        if (done) break;
        if (this.#reader === reader) this.onFrame(value);
        else value.close();
      }
    } catch (error) {
      this.trouble(`reading frames: ${error}`);
    } finally {
      if (this.#reader === reader) this.#reader = null;
    }
  }
}
