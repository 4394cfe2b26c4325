import type { StreamId } from "./bridge";
import { Unwrapped } from "./clock";
import { type Codecs, DECODER } from "./codecs";
import { Hold } from "./hold";
import { InCodec } from "./in-codec";
import { Meter } from "./meter";
import { Retry } from "./retry";
import type { FrameHeader } from "./wire";
import type { VideoSource, VideoStreamStats } from "./worker-messages";

/** A decoder this many frames behind will not catch up by itself. */
export const MAX_LATE = 30;
/** While one is missing. Milliseconds. */
const ASK_EVERY_MS = 500;
/**
 * A camera that is on delivers frames all the time; a still screen is repeated every second by this engine
 * and now and then by others. Milliseconds.
 */
export const STALE_AFTER_MS: Record<VideoSource, number> = { camera: 2_500, screen: 10_000 };

/** Where decoded frames go: a track's generator. */
export interface Display {
  /** Takes the frame over. */
  show(frame: VideoFrame): void;
  close(): void;
}

export interface ReceiverEvents {
  askForKeyframe(): void;
  live(live: boolean): void;
  trouble(detail: string): void;
}

/** One remote stream: encoded frames in, pictures out. Times are milliseconds on a monotonic clock. */
export class Receiver {
  #decoder: VideoDecoder | null = null;
  /** Due times, by timestamp. */
  #inside = new InCodec<number>(5_000, 5_000);
  #hold: Hold;
  #retry = new Retry();
  #unwrapped = new Unwrapped();
  #meter: Meter;
  #waiting = true;
  #askedAt = Number.NEGATIVE_INFINITY;
  #arrivedAt = Number.NEGATIVE_INFINITY;
  #live = false;

  constructor(
    readonly stream: StreamId,
    private readonly source: VideoSource,
    private readonly display: Display,
    private readonly codecs: Codecs,
    private readonly now: () => number,
    private readonly events: ReceiverEvents,
  ) {
    this.#meter = new Meter(stream, now());
    this.#hold = new Hold((frame) => display.show(frame), now);
  }

  frame(header: FrameHeader, payload: Uint8Array): void {
    const now = this.now();
    this.#arrivedAt = now;
    this.#setLive(true);
    const timestamp = this.#unwrapped.next(header.timestamp);
    if (header.keyframe) this.#begin(now);
    else if (this.#inside.count(now) > MAX_LATE) this.#waiting = true;
    if (this.#waiting || !this.#decoder) {
      this.#ask(now);
      return;
    }
    try {
      this.#inside.enter(timestamp, now + header.hold, now);
      this.#decoder.decode(
        this.codecs.chunk({ type: header.keyframe ? "key" : "delta", timestamp, data: payload }),
      );
    } catch (error) {
      this.#failed(error);
    }
  }

  /** The socket was gone: what came meanwhile is lost. */
  interrupted(): void {
    this.#waiting = true;
    this.#ask(this.now());
  }

  /** Several times a second. */
  tick(): void {
    const now = this.now();
    if (now - this.#arrivedAt >= STALE_AFTER_MS[this.source]) this.#setLive(false);
    else if (this.#waiting) this.#ask(now);
  }

  stats(): VideoStreamStats {
    return this.#meter.read(this.now());
  }

  close(): void {
    this.#drop();
    this.#hold.close();
    this.display.close();
  }

  /** With a keyframe everything is new: a decoder that failed or hangs is replaced. */
  #begin(now: number): void {
    if (this.#decoder && this.#inside.count(now) > MAX_LATE) this.#drop();
    this.#waiting = false;
    if (this.#decoder) return;
    if (!this.#retry.ready(now)) {
      this.#waiting = true;
      return;
    }
    try {
      this.#decoder = this.#create();
      this.#decoder.configure(DECODER);
    } catch (error) {
      this.#failed(error);
    }
  }

  #create(): VideoDecoder {
    const decoder: VideoDecoder = this.codecs.decoder({
      output: (frame) => {
        if (this.#decoder === decoder) this.#output(frame);
        else frame.close();
      },
      error: (error) => {
        if (this.#decoder === decoder) this.#failed(error);
      },
    });
    return decoder;
  }

  #output(frame: VideoFrame): void {
    const now = this.now();
    const left = this.#inside.leave(frame.timestamp, now);
    this.#retry.worked();
    this.#meter.frame({ width: frame.displayWidth, height: frame.displayHeight }, left?.took ?? null);
    this.#hold.add(frame, left?.value ?? now);
  }

  #failed(error: unknown): void {
    const now = this.now();
    this.#retry.failed(now);
    this.#drop();
    this.#ask(now);
    this.events.trouble(`decoder of stream ${this.stream}: ${error}`);
  }

  #drop(): void {
    const decoder = this.#decoder;
    this.#decoder = null;
    this.#waiting = true;
    this.#inside.clear();
    if (decoder && decoder.state !== "closed") decoder.close();
  }

  #ask(now: number): void {
    // One that could not be used anyway is not worth its bits.
    if (now - this.#askedAt < ASK_EVERY_MS || !this.#retry.ready(now)) return;
    this.#askedAt = now;
    this.events.askForKeyframe();
  }

  #setLive(live: boolean): void {
    if (live === this.#live) return;
    this.#live = live;
    this.events.live(live);
  }
}
