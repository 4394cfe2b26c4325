import type { FrameSource } from "./frame-source";

/**
 * Reads captured frames between `start` and `stop`. Each start opens a new stream, because an open stream that is not
 * read would hold the camera's buffers.
 */
export class FrameReader {
  #reader: ReadableStreamDefaultReader<VideoFrame> | null = null;

  constructor(
    private readonly source: FrameSource,
    /** Takes ownership of the frame. */
    private readonly onFrame: (frame: VideoFrame) => void,
    private readonly warn: (detail: string) => void,
  ) {}

  start(): void {
    if (this.#reader) return;
    try {
      this.#reader = this.source.open().getReader();
    } catch (error) {
      this.warn(`reading frames: ${error}`);
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
    this.source.close();
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
      this.warn(`reading frames: ${error}`);
    } finally {
      if (this.#reader === reader) this.#reader = null;
    }
  }
}
