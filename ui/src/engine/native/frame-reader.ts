import type { FrameSource } from "./frame-source";

/**
 * Reads captured frames while somebody wants them. Stopped it holds none, and the next start begins a new
 * stream: one that is kept and not read from would hold on to the camera's buffers.
 */
export class FrameReader {
  #reader: ReadableStreamDefaultReader<VideoFrame> | null = null;

  constructor(
    private readonly source: FrameSource,
    /** Takes the frame over. */
    private readonly onFrame: (frame: VideoFrame) => void,
    private readonly trouble: (detail: string) => void,
  ) {}

  start(): void {
    if (this.#reader) return;
    try {
      this.#reader = this.source.open().getReader();
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
      this.trouble(`reading frames: ${error}`);
    } finally {
      if (this.#reader === reader) this.#reader = null;
    }
  }
}
