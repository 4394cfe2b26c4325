/**
 * The worker's side of the fallback for workers without `MediaStreamTrackProcessor` or `VideoTrackGenerator`: the page
 * reads frames from a video element (`element-frames.ts`) and draws frames on a canvas (`canvas-track.ts`). Encoding,
 * decoding and the socket stay in the worker. The worker also times the requests for frames, because the timers of a
 * background page are throttled while its messages are not.
 */
import type { StreamId } from "../bridge";
import type { FromVideoWorker } from "../worker-messages";
import type { FrameSource } from "./frame-source";

/** Interval of requests to the page for a new frame, in milliseconds. */
export const GRAB_INTERVAL_MS = 8;
/** The interval after `IDLE_AFTER` requests without a new frame. */
export const IDLE_GRAB_INTERVAL_MS = 33;
const IDLE_AFTER = 20;

export class PageFrames {
  #grabs = new Map<StreamId, (frame: VideoFrame | null) => void>();
  #draws = new Map<StreamId, () => void>();

  constructor(private readonly post: (message: FromVideoWorker, transfer?: VideoFrame) => void) {}

  /** Frames of a track that the page kept; the next is requested when the previous one has been read. */
  source(stream: StreamId): FrameSource {
    return { open: () => this.#frames(stream), close: () => this.onGrabbed(stream, null) };
  }

  /** Frames for the page to draw; a write completes when the frame has been drawn. */
  sink(stream: StreamId): WritableStream<VideoFrame> {
    return new WritableStream<VideoFrame>({
      write: (frame) => {
        const drawn = new Promise<void>((resolve) => this.#draws.set(stream, resolve));
        this.post({ type: "draw", stream, frame }, frame);
        return drawn;
      },
    });
  }

  /** The page's answer; null: no new frame. Takes ownership of the frame. */
  onGrabbed(stream: StreamId, frame: VideoFrame | null): void {
    const answer = this.#grabs.get(stream);
    this.#grabs.delete(stream);
    if (answer) answer(frame);
    else frame?.close();
  }

  /** The page has drawn the frame, or discarded it. */
  onDrawn(stream: StreamId): void {
    this.#draws.get(stream)?.();
    this.#draws.delete(stream);
  }

  #frames(stream: StreamId): ReadableStream<VideoFrame> {
    let open = true;
    return new ReadableStream<VideoFrame>(
      {
        pull: async (controller) => {
          for (let empty = 0; open; empty += 1) {
            const frame = await this.#grab(stream);
            if (frame && open) {
              controller.enqueue(frame);
              return;
            }
            frame?.close();
            await pause(empty < IDLE_AFTER ? GRAB_INTERVAL_MS : IDLE_GRAB_INTERVAL_MS);
          }
        },
        cancel: () => {
          open = false;
          this.onGrabbed(stream, null);
        },
      },
      { highWaterMark: 0 },
    );
  }

  #grab(stream: StreamId): Promise<VideoFrame | null> {
    return new Promise((resolve) => {
      this.#grabs.set(stream, resolve);
      this.post({ type: "grab", stream });
    });
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
