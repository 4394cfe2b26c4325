import { smallHeight } from "../../shown-height";
import type { StreamId } from "../bridge";
import { HEADER_BYTES, MAX_FRAME_BYTES, writeHeader } from "../wire";
import type { Content, Size, VideoStreamStats } from "../worker-messages";
import { Backoff } from "./backoff";
import { CodecStats } from "./codec-stats";
import { type Codecs, ENCODER } from "./codecs";
import { CpuOveruseDetector } from "./cpu-overuse-detector";
import { FrameRateLimiter } from "./frame-rate-limiter";
import { InFlightFrames } from "./in-flight-frames";
import {
  type Encoding,
  encodingAt,
  fitInto,
  type LadderPosition,
  limitedSize,
  lowerBy,
  nextPosition,
} from "./ladder";
import { toRtpTimestamp } from "./rtp-clock";

/** Minimum time between keyframes, however many are requested. Milliseconds. */
export const MIN_KEYFRAME_INTERVAL_MS = 300;
/** Frames are dropped while more than this many are in the encoder. */
const MAX_IN_FLIGHT = 2;
/** Interval at which a still screen is sent again, so that receivers consider the share live. Milliseconds. */
const REPEAT_EVERY_MS = 1_000;
/** The encoder is reconfigured for a bitrate change above this share, and at most this often (milliseconds). */
const MIN_BITRATE_CHANGE = 0.05;
const MIN_CONFIGURE_INTERVAL_MS = 250;
/** Backlog that is always allowed, in bytes: even a keyframe leaves the loopback socket at once. */
const MIN_BACKLOG_LIMIT = 16 * 1024;

/** Destination of encoded frames: the media socket. */
export interface EncodedFrameSink {
  readonly ready: boolean;
  /** Bytes not sent yet. */
  readonly backlog: number;
  send(message: ArrayBuffer): boolean;
}

/**
 * Encodes one local stream for all links: captured frames in, VP8 out to the shell. The shell sets the bitrate, the
 * ladder chooses size and frame rate. Times are milliseconds on a monotonic clock.
 */
export class Sender {
  #bitrate = 0;
  #encoder: VideoEncoder | null = null;
  #encoding: Encoding | null = null;
  #configuredAt = 0;
  #position: LadderPosition | null = null;
  /** More is not shown anywhere; null: no limit. */
  #maxHeight: number | null = null;
  #inFlight = new InFlightFrames<Size>(150, 1_000);
  #backoff = new Backoff();
  #limiter = new FrameRateLimiter();
  #stats: CodecStats;
  #overuse: CpuOveruseDetector;
  #keyframeWanted = true;
  #keyframeAt = Number.NEGATIVE_INFINITY;
  #timestamp = -1;
  /** Screens only: the newest frame, and whether it was sent. */
  #last: VideoFrame | null = null;
  #lastSent = true;
  #sentAt = Number.NEGATIVE_INFINITY;

  constructor(
    readonly stream: StreamId,
    private content: Content,
    private readonly sink: EncodedFrameSink,
    private readonly codecs: Codecs,
    private readonly now: () => number,
    private readonly warn: (detail: string) => void,
    /** The zero of `now`, in milliseconds since 1970. */
    private readonly epoch: number,
    /** Maximum size sent; null: the captured size. */
    private readonly maxSize: Size | null,
  ) {
    this.#stats = new CodecStats(stream, now());
    this.#overuse = new CpuOveruseDetector(now());
  }

  /** Bits per second; 0 while no link sends the stream. */
  setBitrate(bitrate: number): void {
    this.#bitrate = bitrate;
    if (bitrate > 0) return;
    this.#discardEncoder();
    this.#position = null;
    this.#lastSent = false;
  }

  /** A screen is read even while it is not sent: it may not change again before a link sends it. */
  get alwaysReads(): boolean {
    return this.content !== "camera";
  }

  setContent(content: Content): void {
    if (content === this.content) return;
    this.content = content;
    this.#position = null;
  }

  /** The largest height in which a receiver shows the stream, in physical pixels; null: not known. */
  setShownHeight(height: number | null): void {
    const maxHeight = height === null ? null : smallHeight(height);
    if (maxHeight === this.#maxHeight) return;
    this.#maxHeight = maxHeight;
    this.#position = null;
  }

  requestKeyframe(): void {
    this.#keyframeWanted = true;
  }

  /** Takes ownership of the frame. */
  onFrame(captured: VideoFrame): void {
    try {
      if (this.alwaysReads) {
        this.#last?.close();
        this.#last = captured.clone();
        this.#lastSent = false;
      }
      if (this.#bitrate === 0) return;
      const now = this.now();
      if (this.#encoding && !this.#limiter.isDue(now, this.#encoding.framerate)) return;
      if (this.#encode(captured, now)) this.#lastSent = true;
    } finally {
      captured.close();
    }
  }

  /** Call several times a second: a still screen delivers no frames, but new receivers need one. */
  tick(): void {
    if (!this.#last || this.#bitrate === 0) return;
    const now = this.now();
    const since = now - this.#sentAt;
    const unsent = !this.#lastSent && since >= 1_000 / (this.#encoding?.framerate ?? 30);
    const keyframeDue = this.#keyframeWanted && since >= MIN_KEYFRAME_INTERVAL_MS;
    if (!unsent && !keyframeDue && since < REPEAT_EVERY_MS) return;
    if (this.#encode(this.#last, now)) this.#lastSent = true;
  }

  stats(): VideoStreamStats {
    return this.#stats.read(this.now());
  }

  close(): void {
    this.setBitrate(0);
    this.#last?.close();
    this.#last = null;
  }

  #encode(frame: VideoFrame, now: number): boolean {
    const busy =
      !this.sink.ready ||
      this.sink.backlog > Math.max(MIN_BACKLOG_LIMIT, this.#bitrate / 8 / 10) ||
      this.#inFlight.count(now) > MAX_IN_FLIGHT ||
      (this.#encoder?.encodeQueueSize ?? 0) > MAX_IN_FLIGHT;
    if (busy || !this.#backoff.isReady(now)) return false;
    let copy: VideoFrame | null = null;
    try {
      const size = fitInto({ width: frame.displayWidth, height: frame.displayHeight }, this.maxSize);
      const captured = limitedSize(size, this.content, this.#maxHeight);
      const resized = this.#configure(captured, now);
      const { width, height } = this.#encoding ?? captured;
      // Strictly increasing arrival times, because capture timestamps start at a different zero in every source.
      this.#timestamp = Math.max(this.#timestamp + 1, Math.round(now * 1_000));
      copy = this.codecs.withTimestamp(frame, this.#timestamp);
      const keyFrame =
        resized || (this.#keyframeWanted && now - this.#keyframeAt >= MIN_KEYFRAME_INTERVAL_MS);
      this.#inFlight.onInput(this.#timestamp, { width, height }, now);
      this.#encoder?.encode(copy, { keyFrame });
      if (keyFrame) {
        this.#keyframeWanted = false;
        this.#keyframeAt = now;
      }
      this.#limiter.onSent(now, this.#encoding?.framerate ?? 30);
      this.#sentAt = now;
      return true;
    } catch (error) {
      this.#onError(error);
      return false;
    } finally {
      copy?.close();
    }
  }

  /** True if the next frame has to be a keyframe. */
  #configure(captured: Size, now: number): boolean {
    this.#position = nextPosition(this.#position, this.#bitrate, captured, this.content, now);
    const position = lowerBy(this.#position, this.#overuse.rungs);
    const next = encodingAt(position, this.#bitrate, captured, this.content);
    const before = this.#encoding;
    const resized = !before || before.width !== next.width || before.height !== next.height;
    const ratesChanged =
      before !== null &&
      (before.framerate !== next.framerate ||
        Math.abs(next.bitrate - before.bitrate) > before.bitrate * MIN_BITRATE_CHANGE);
    // A window being resized has another size in every frame; until the next configuration the encoder scales.
    const interval = resized ? MIN_KEYFRAME_INTERVAL_MS : MIN_CONFIGURE_INTERVAL_MS;
    if (this.#encoder && (!(resized || ratesChanged) || now - this.#configuredAt < interval)) return false;
    this.#encoder ??= this.#create();
    // A new size makes the encoder start over with a keyframe; new rates do not.
    this.#encoder.configure({ ...ENCODER, ...next });
    this.#encoding = next;
    this.#configuredAt = now;
    return resized;
  }

  #create(): VideoEncoder {
    const encoder: VideoEncoder = this.codecs.encoder({
      output: (chunk) => {
        if (this.#encoder === encoder) this.#onOutput(chunk);
      },
      error: (error) => {
        if (this.#encoder === encoder) this.#onError(error);
      },
    });
    return encoder;
  }

  #onOutput(chunk: EncodedVideoChunk): void {
    const now = this.now();
    const output = this.#inFlight.onOutput(chunk.timestamp, now);
    this.#backoff.onSuccess();
    const keyframe = chunk.type === "key";
    if (keyframe) this.#keyframeAt = now;
    const size = output?.value ?? this.#encoding;
    if (output) this.#overuse.onFrame(now, output.latency, this.#encoding?.framerate ?? 30);
    if (!size || this.#bitrate === 0) return;
    this.#stats.onFrame(size, output?.latency ?? null);
    if (chunk.byteLength > MAX_FRAME_BYTES || chunk.byteLength === 0) {
      this.#keyframeWanted = true;
      return;
    }
    const message = writeHeader(
      {
        stream: this.stream,
        keyframe,
        playoutDelay: 0,
        timestamp: toRtpTimestamp(this.epoch + chunk.timestamp / 1_000),
        ...size,
      },
      chunk.byteLength,
    );
    chunk.copyTo(new Uint8Array(message, HEADER_BYTES));
    // The socket just closed, and later frames would reference the lost one.
    if (!this.sink.send(message)) this.#keyframeWanted = true;
  }

  #onError(error: unknown): void {
    this.#backoff.onFailure(this.now());
    this.#discardEncoder();
    this.warn(`encoder of stream ${this.stream}: ${error}`);
  }

  /** The next frame creates a new encoder, which starts with a keyframe. */
  #discardEncoder(): void {
    const encoder = this.#encoder;
    this.#encoder = null;
    this.#encoding = null;
    this.#inFlight.clear();
    this.#keyframeWanted = true;
    if (encoder && encoder.state !== "closed") encoder.close();
  }
}
