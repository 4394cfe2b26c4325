import type { StreamId } from "./bridge";
import { toRtp } from "./clock";
import { type Codecs, ENCODER } from "./codecs";
import { InCodec } from "./in-codec";
import {
  type Content,
  type Encoding,
  encodingOf,
  type Footing,
  lowered,
  type Size,
  step,
  within,
} from "./ladder";
import { Meter } from "./meter";
import { Pace } from "./pace";
import { Retry } from "./retry";
import { Strain } from "./strain";
import { HEADER_BYTES, MAX_FRAME_BYTES, writeHeader } from "./wire";
import type { VideoStreamStats } from "./worker-messages";

/** However many ask. Milliseconds. */
export const KEYFRAME_EVERY_MS = 300;
/** Frames inside the encoder; one more, and the next ones are skipped. */
const MAX_ENCODING = 2;
/** A still screen is sent again this often: others tell by it that the share goes on. Milliseconds. */
const REPEAT_EVERY_MS = 1_000;
/** Rates follow the estimate this closely, this often: each change is work for the encoder. */
const RATE_STEP = 0.05;
const RATE_EVERY_MS = 250;
/** Backlog that never counts, in octets: on loopback even a keyframe leaves at once. */
const FREE_BACKLOG = 16 * 1024;

/** Where encoded frames go: the media socket. */
export interface Outlet {
  readonly ready: boolean;
  /** Octets. */
  readonly backlog: number;
  send(message: ArrayBuffer): boolean;
}

/**
 * One local stream: captured frames in, VP8 out to the shell, for all links at once. The shell says for how
 * many bits; what is made of them is the ladder's. Times are milliseconds on a monotonic clock.
 */
export class Sender {
  #bitrate = 0;
  #encoder: VideoEncoder | null = null;
  #encoding: Encoding | null = null;
  #configuredAt = 0;
  #footing: Footing | null = null;
  #inside = new InCodec<Size>(150, 1_000);
  #retry = new Retry();
  #pace = new Pace();
  #meter: Meter;
  #strain: Strain;
  #keyframeWanted = true;
  #keyframeAt = Number.NEGATIVE_INFINITY;
  #timestamp = -1;
  /** Screens only: the newest picture, and whether it has been sent. */
  #last: VideoFrame | null = null;
  #lastSent = true;
  #sentAt = Number.NEGATIVE_INFINITY;

  constructor(
    readonly stream: StreamId,
    private content: Content,
    private readonly outlet: Outlet,
    private readonly codecs: Codecs,
    private readonly now: () => number,
    private readonly trouble: (detail: string) => void,
    /** The zero of `now`, in milliseconds since 1970. */
    private readonly epoch: number,
    /** What is sent is not larger; null: as large as it comes. */
    private readonly limit: Size | null,
  ) {
    this.#meter = new Meter(stream, now());
    this.#strain = new Strain(now());
  }

  /** Bits per second; 0: nobody takes it. */
  setBitrate(bitrate: number): void {
    this.#bitrate = bitrate;
    if (bitrate > 0) return;
    this.#drop();
    this.#footing = null;
    this.#lastSent = false;
  }

  /** A screen may stand still from now on: whoever takes it later has to see it, so it is always read. */
  get alwaysReads(): boolean {
    return this.content !== "camera";
  }

  setContent(content: Content): void {
    if (content === this.content) return;
    this.content = content;
    this.#footing = null;
  }

  requestKeyframe(): void {
    this.#keyframeWanted = true;
  }

  /** Takes the frame over. */
  frame(captured: VideoFrame): void {
    try {
      if (this.alwaysReads) {
        this.#last?.close();
        this.#last = captured.clone();
        this.#lastSent = false;
      }
      if (this.#bitrate === 0) return;
      const now = this.now();
      if (this.#encoding && !this.#pace.due(now, this.#encoding.framerate)) return;
      if (this.#encode(captured, now)) this.#lastSent = true;
    } finally {
      captured.close();
    }
  }

  /** Several times a second: a screen that stands still gives no frames, and must reach who comes late. */
  tick(): void {
    if (!this.#last || this.#bitrate === 0) return;
    const now = this.now();
    const since = now - this.#sentAt;
    const overdue = !this.#lastSent && since >= 1_000 / (this.#encoding?.framerate ?? 30);
    const asked = this.#keyframeWanted && since >= KEYFRAME_EVERY_MS;
    if (!overdue && !asked && since < REPEAT_EVERY_MS) return;
    if (this.#encode(this.#last, now)) this.#lastSent = true;
  }

  stats(): VideoStreamStats {
    return this.#meter.read(this.now());
  }

  close(): void {
    this.setBitrate(0);
    this.#last?.close();
    this.#last = null;
  }

  #encode(frame: VideoFrame, now: number): boolean {
    const busy =
      !this.outlet.ready ||
      this.outlet.backlog > Math.max(FREE_BACKLOG, this.#bitrate / 8 / 10) ||
      this.#inside.count(now) > MAX_ENCODING ||
      (this.#encoder?.encodeQueueSize ?? 0) > MAX_ENCODING;
    if (busy || !this.#retry.ready(now)) return false;
    let copy: VideoFrame | null = null;
    try {
      const captured = within({ width: frame.displayWidth, height: frame.displayHeight }, this.limit);
      const resized = this.#configure(captured, now);
      const { width, height } = this.#encoding ?? captured;
      // Stamped when it got here, strictly rising: what capture stamps has another zero in every source.
      this.#timestamp = Math.max(this.#timestamp + 1, Math.round(now * 1_000));
      copy = this.codecs.restamped(frame, this.#timestamp);
      const keyFrame = resized || (this.#keyframeWanted && now - this.#keyframeAt >= KEYFRAME_EVERY_MS);
      this.#inside.enter(this.#timestamp, { width, height }, now);
      this.#encoder?.encode(copy, { keyFrame });
      if (keyFrame) {
        this.#keyframeWanted = false;
        this.#keyframeAt = now;
      }
      this.#pace.sent(now, this.#encoding?.framerate ?? 30);
      this.#sentAt = now;
      return true;
    } catch (error) {
      this.#failed(error);
      return false;
    } finally {
      copy?.close();
    }
  }

  /** True when the next frame has to be a keyframe for it. */
  #configure(captured: Size, now: number): boolean {
    this.#footing = step(this.#footing, this.#bitrate, captured, this.content, now);
    const footing = lowered(this.#footing, this.#strain.rungs);
    const next = encodingOf(footing, this.#bitrate, captured, this.content);
    const before = this.#encoding;
    const resized = !before || before.width !== next.width || before.height !== next.height;
    const rates =
      before !== null &&
      (before.framerate !== next.framerate ||
        Math.abs(next.bitrate - before.bitrate) > before.bitrate * RATE_STEP);
    // A window that is dragged larger has another size in every frame; meanwhile the encoder scales.
    const settle = resized ? KEYFRAME_EVERY_MS : RATE_EVERY_MS;
    if (this.#encoder && (!(resized || rates) || now - this.#configuredAt < settle)) return false;
    this.#encoder ??= this.#create();
    // With only the rates changed, the encoder goes on; another size begins a new one inside.
    this.#encoder.configure({ ...ENCODER, ...next });
    this.#encoding = next;
    this.#configuredAt = now;
    return resized;
  }

  #create(): VideoEncoder {
    const encoder: VideoEncoder = this.codecs.encoder({
      output: (chunk) => {
        if (this.#encoder === encoder) this.#output(chunk);
      },
      error: (error) => {
        if (this.#encoder === encoder) this.#failed(error);
      },
    });
    return encoder;
  }

  #output(chunk: EncodedVideoChunk): void {
    const now = this.now();
    const left = this.#inside.leave(chunk.timestamp, now);
    this.#retry.worked();
    const keyframe = chunk.type === "key";
    if (keyframe) this.#keyframeAt = now;
    const size = left?.value ?? this.#encoding;
    if (left) this.#strain.frame(now, left.took, this.#encoding?.framerate ?? 30);
    if (!size || this.#bitrate === 0) return;
    this.#meter.frame(size, left?.took ?? null);
    if (chunk.byteLength > MAX_FRAME_BYTES || chunk.byteLength === 0) {
      this.#keyframeWanted = true;
      return;
    }
    const message = writeHeader(
      {
        stream: this.stream,
        keyframe,
        hold: 0,
        timestamp: toRtp(this.epoch + chunk.timestamp / 1_000),
        ...size,
      },
      chunk.byteLength,
    );
    chunk.copyTo(new Uint8Array(message, HEADER_BYTES));
    // Lost to a socket that just closed: every frame after it would refer to it.
    if (!this.outlet.send(message)) this.#keyframeWanted = true;
  }

  #failed(error: unknown): void {
    this.#retry.failed(this.now());
    this.#drop();
    this.trouble(`encoder of stream ${this.stream}: ${error}`);
  }

  /** The next frame begins with a new encoder, which begins with a keyframe. */
  #drop(): void {
    const encoder = this.#encoder;
    this.#encoder = null;
    this.#encoding = null;
    this.#inside.clear();
    this.#keyframeWanted = true;
    if (encoder && encoder.state !== "closed") encoder.close();
  }
}
