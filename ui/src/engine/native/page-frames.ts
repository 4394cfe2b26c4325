/**
 * The worker's end of what stands in where workers have no `MediaStreamTrackProcessor` or no
 * `VideoTrackGenerator`: the page reads pictures off an element (`element-frames.ts`) and draws them on a canvas
 * (`canvas-track.ts`). Encoding, decoding and the socket stay here, and so does the clock that asks for pictures:
 * a page that is not in front has its timers slowed down, but answers messages.
 */
import type { StreamId } from "./bridge";
import type { FrameSource } from "./frame-source";
import type { FromVideoWorker } from "./worker-messages";

/** Until the page is asked again whether there is a new picture. Milliseconds. */
export const ASK_EVERY_MS = 8;
/** The same once it said no so often that nothing seems to move. */
export const ASK_STILL_EVERY_MS = 33;
const STILL_AFTER = 20;

export class PageFrames {
  #grabs = new Map<StreamId, (frame: VideoFrame | null) => void>();
  #draws = new Map<StreamId, () => void>();

  constructor(private readonly tell: (message: FromVideoWorker, transfer?: VideoFrame) => void) {}

  /** Pictures of what the page keeps as `stream`; one is asked for when the one before has been read. */
  source(stream: StreamId): FrameSource {
    return { open: () => this.#frames(stream), close: () => this.grabbed(stream, null) };
  }

  /** Takes pictures for the page to draw; each is written when it has been drawn. */
  pictures(stream: StreamId): WritableStream<VideoFrame> {
    return new WritableStream<VideoFrame>({
      write: (frame) => {
        const drawn = new Promise<void>((resolve) => this.#draws.set(stream, resolve));
        this.tell({ type: "draw", stream, frame }, frame);
        return drawn;
      },
    });
  }

  /** What the page answered; null: nothing new. Takes the frame over. */
  grabbed(stream: StreamId, frame: VideoFrame | null): void {
    const answer = this.#grabs.get(stream);
    this.#grabs.delete(stream);
    if (answer) answer(frame);
    else frame?.close();
  }

  /** The page has drawn what it was given, or nobody will. */
  drawn(stream: StreamId): void {
    this.#draws.get(stream)?.();
    this.#draws.delete(stream);
  }

  #frames(stream: StreamId): ReadableStream<VideoFrame> {
    let open = true;
    return new ReadableStream<VideoFrame>(
      {
        pull: async (controller) => {
          for (let nothing = 0; open; nothing += 1) {
            const frame = await this.#grab(stream);
            if (frame && open) {
              controller.enqueue(frame);
              return;
            }
            frame?.close();
            await pause(nothing < STILL_AFTER ? ASK_EVERY_MS : ASK_STILL_EVERY_MS);
          }
        },
        cancel: () => {
          open = false;
          this.grabbed(stream, null);
        },
      },
      { highWaterMark: 0 },
    );
  }

  #grab(stream: StreamId): Promise<VideoFrame | null> {
    return new Promise((resolve) => {
      this.#grabs.set(stream, resolve);
      this.tell({ type: "grab", stream });
    });
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
