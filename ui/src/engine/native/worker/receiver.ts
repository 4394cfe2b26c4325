import type { StreamId } from "../bridge";
import type { FrameHeader } from "../wire";
import type { VideoSource, VideoStreamStats } from "../worker-messages";
import { Backoff } from "./backoff";
import { CodecStats } from "./codec-stats";
import { type Codecs, DECODER } from "./codecs";
import { InFlightFrames } from "./in-flight-frames";
import { PlayoutQueue } from "./playout-queue";
import { RtpTimestampUnwrapper } from "./rtp-clock";
import type { VideoSink } from "./video-sink";

/** A decoder with more frames than this in flight skips to the next keyframe. */
export const MAX_IN_FLIGHT = 30;
/** Minimum time between keyframe requests, in milliseconds. */
const REQUEST_INTERVAL_MS = 500;
/**
 * A stream is not live after this long without a frame, in milliseconds. A camera that is on sends frames all the time;
 * a still screen is repeated every second by this engine, and less often by browsers.
 */
export const STALE_AFTER_MS: Record<VideoSource, number> = { camera: 2_500, screen: 10_000 };

export interface ReceiverEvents {
  requestKeyframe(): void;
  live(live: boolean): void;
  warning(detail: string): void;
}

/** Decodes one remote stream. Times are milliseconds on a monotonic clock. */
export class Receiver {
  #decoder: VideoDecoder | null = null;
  /** Playout times, by timestamp. */
  #inFlight = new InFlightFrames<number>(5_000, 5_000);
  #playout: PlayoutQueue;
  #backoff = new Backoff();
  #unwrapper = new RtpTimestampUnwrapper();
  #stats: CodecStats;
  #awaitingKeyframe = true;
  #requestedAt = Number.NEGATIVE_INFINITY;
  #arrivedAt = Number.NEGATIVE_INFINITY;
  #live = false;

  constructor(
    readonly stream: StreamId,
    private readonly source: VideoSource,
    private readonly sink: VideoSink,
    private readonly codecs: Codecs,
    private readonly now: () => number,
    private readonly events: ReceiverEvents,
  ) {
    this.#stats = new CodecStats(stream, now());
    this.#playout = new PlayoutQueue((frame) => sink.show(frame), now);
  }

  onFrame(header: FrameHeader, payload: Uint8Array): void {
    const now = this.now();
    this.#arrivedAt = now;
    this.#setLive(true);
    const timestamp = this.#unwrapper.unwrap(header.timestamp);
    if (header.keyframe) this.#onKeyframe(now);
    else if (this.#inFlight.count(now) > MAX_IN_FLIGHT) this.#awaitingKeyframe = true;
    if (this.#awaitingKeyframe || !this.#decoder) {
      this.#requestKeyframe(now);
      return;
    }
    try {
      this.#inFlight.onInput(timestamp, now + header.playoutDelay, now);
      this.#decoder.decode(
        this.codecs.chunk({ type: header.keyframe ? "key" : "delta", timestamp, data: payload }),
      );
    } catch (error) {
      this.#onError(error);
    }
  }

  /** Frames were lost: decoding continues from the next keyframe. */
  onFramesLost(): void {
    this.#awaitingKeyframe = true;
    this.#requestKeyframe(this.now());
  }

  /** Call several times a second. */
  tick(): void {
    const now = this.now();
    if (now - this.#arrivedAt >= STALE_AFTER_MS[this.source]) this.#setLive(false);
    else if (this.#awaitingKeyframe) this.#requestKeyframe(now);
  }

  stats(): VideoStreamStats {
    return this.#stats.read(this.now());
  }

  close(): void {
    this.#discardDecoder();
    this.#playout.close();
    this.sink.close();
  }

  /** Decoding can start over: creates a decoder, or replaces one that hangs. */
  #onKeyframe(now: number): void {
    if (this.#decoder && this.#inFlight.count(now) > MAX_IN_FLIGHT) this.#discardDecoder();
    this.#awaitingKeyframe = false;
    if (this.#decoder) return;
    if (!this.#backoff.isReady(now)) {
      this.#awaitingKeyframe = true;
      return;
    }
    try {
      this.#decoder = this.#create();
      this.#decoder.configure(DECODER);
    } catch (error) {
      this.#onError(error);
    }
  }

  #create(): VideoDecoder {
    const decoder: VideoDecoder = this.codecs.decoder({
      output: (frame) => {
        if (this.#decoder === decoder) this.#onOutput(frame);
        else frame.close();
      },
      error: (error) => {
        if (this.#decoder === decoder) this.#onError(error);
      },
    });
    return decoder;
  }

  #onOutput(frame: VideoFrame): void {
    const now = this.now();
    const output = this.#inFlight.onOutput(frame.timestamp, now);
    this.#backoff.onSuccess();
    this.#stats.onFrame({ width: frame.displayWidth, height: frame.displayHeight }, output?.latency ?? null);
    this.#playout.add(frame, output?.value ?? now);
  }

  #onError(error: unknown): void {
    const now = this.now();
    this.#backoff.onFailure(now);
    this.#discardDecoder();
    this.#requestKeyframe(now);
    this.events.warning(`decoder of stream ${this.stream}: ${error}`);
  }

  #discardDecoder(): void {
    const decoder = this.#decoder;
    this.#decoder = null;
    this.#awaitingKeyframe = true;
    this.#inFlight.clear();
    if (decoder && decoder.state !== "closed") decoder.close();
  }

  #requestKeyframe(now: number): void {
    // During the backoff a keyframe could not be decoded anyway.
    if (now - this.#requestedAt < REQUEST_INTERVAL_MS || !this.#backoff.isReady(now)) return;
    this.#requestedAt = now;
    this.events.requestKeyframe();
  }

  #setLive(live: boolean): void {
    if (live === this.#live) return;
    this.#live = live;
    this.events.live(live);
  }
}
