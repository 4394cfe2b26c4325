/**
 * All video of the engine, inside the worker: local streams to encode, remote streams to decode, and one media socket
 * for both.
 *
 * Inputs:
 * - from the page: streams start and end (`onMessage`)
 * - from the shell: frames, bitrates, keyframe requests, and the state of the socket
 * - from the clock: ten ticks a second
 */
import type { StreamId } from "../bridge";
import type { FrameHeader, ToWorker } from "../wire";
import type { FromVideoWorker, ToVideoWorker } from "../worker-messages";
import type { Codecs, FrameAccess } from "./codecs";
import { EarlyFrames } from "./early-frames";
import { FrameReader } from "./frame-reader";
import { TrackSource } from "./frame-source";
import { FrameWriter } from "./frame-writer";
import type { MediaSocket, SocketEvents } from "./media-socket";
import { PageFrames } from "./page-frames";
import { Receiver } from "./receiver";
import { type EncodedFrameSink, Sender } from "./sender";

const STATS_EVERY_MS = 1_000;
/** Most bitrates kept, including those of streams that the page has not announced yet; of more, the newest. */
const MAX_BITRATES = 64;

export class VideoStreams {
  #socket: MediaSocket | null = null;
  #local = new Map<StreamId, { sender: Sender; reader: FrameReader }>();
  #remote = new Map<StreamId, Receiver>();
  #bitrates = new Map<StreamId, number>();
  #early = new EarlyFrames();
  #page: PageFrames;
  #statsAt = 0;
  /** Always sends through the current socket. */
  #sink = ((streams: VideoStreams): EncodedFrameSink => ({
    get ready() {
      return streams.#socket?.ready ?? false;
    },
    get backlog() {
      return streams.#socket?.backlog ?? 0;
    },
    send: (message: ArrayBuffer) => streams.#socket?.send(message) ?? false,
  }))(this);

  constructor(
    private readonly access: FrameAccess,
    private readonly codecs: Codecs,
    private readonly now: () => number,
    private readonly connect: (url: string, token: string, events: SocketEvents) => MediaSocket,
    private readonly post: (message: FromVideoWorker, transfer?: MediaStreamTrack | VideoFrame) => void,
    /** The zero of `now`, in milliseconds since 1970. */
    private readonly epoch = 0,
  ) {
    this.#page = new PageFrames(post);
  }

  onMessage(message: ToVideoWorker): void {
    switch (message.type) {
      case "connect":
        this.#socket?.close();
        this.#socket = this.connect(message.url, message.token, {
          open: () => this.#onConnected(),
          frame: (header, payload) => this.#onRemoteFrame(header, payload),
          control: (control) => this.#onControl(control),
          lost: (detail) => this.#warn(detail),
        });
        break;
      case "send":
        this.#startSending(message);
        break;
      case "content":
        this.#local.get(message.stream)?.sender.setContent(message.content);
        break;
      case "shown-height":
        this.#local.get(message.stream)?.sender.setShownHeight(message.height);
        break;
      case "end-send":
        // Its bitrate is kept: the shell does not repeat an unchanged one for a stream that is sent again at once.
        this.#stopSending(message.stream);
        break;
      case "receive":
        this.#startReceiving(message);
        break;
      case "end-receive":
        this.#remote.get(message.stream)?.close();
        this.#remote.delete(message.stream);
        this.#early.delete(message.stream);
        break;
      case "grabbed":
        this.#page.onGrabbed(message.stream, message.frame);
        break;
      case "drawn":
        this.#page.onDrawn(message.stream);
    }
  }

  tick(): void {
    for (const { sender } of this.#local.values()) sender.tick();
    for (const receiver of this.#remote.values()) receiver.tick();
    const now = this.now();
    if (now - this.#statsAt < STATS_EVERY_MS || this.#local.size + this.#remote.size === 0) return;
    this.#statsAt = now;
    const senders = [...this.#local.values()].map(({ sender }) => sender);
    this.post({ type: "stats", streams: [...senders, ...this.#remote.values()].map((one) => one.stats()) });
  }

  #startSending({ stream, content, track, maxSize }: Extract<ToVideoWorker, { type: "send" }>): void {
    this.#stopSending(stream);
    const warn = (detail: string) => this.#warn(detail);
    const sender = new Sender(stream, content, this.#sink, this.codecs, this.now, warn, this.epoch, maxSize);
    const source = track ? new TrackSource(track, this.access) : this.#page.source(stream);
    const reader = new FrameReader(source, (frame) => this.#onCapturedFrame(stream, frame), warn);
    this.#local.set(stream, { sender, reader });
    this.#setBitrate(stream, this.#bitrates.get(stream) ?? 0);
  }

  #onCapturedFrame(stream: StreamId, frame: VideoFrame): void {
    const local = this.#local.get(stream);
    if (local && frame.displayWidth > 0 && frame.displayHeight > 0) {
      local.sender.onFrame(frame);
      return;
    }
    frame.close();
    if (!local) return;
    this.#stopSending(stream);
    this.post({ type: "zero-size-frames", stream });
  }

  #stopSending(stream: StreamId): void {
    const local = this.#local.get(stream);
    this.#local.delete(stream);
    local?.reader.close();
    local?.sender.close();
  }

  #startReceiving({ stream, source }: Extract<ToVideoWorker, { type: "receive" }>): void {
    if (this.#remote.has(stream)) return;
    try {
      const { VideoTrackGenerator } = this.access;
      const generator = VideoTrackGenerator ? new VideoTrackGenerator() : null;
      const writer = new FrameWriter(generator?.writable ?? this.#page.sink(stream));
      const receiver = new Receiver(stream, source, writer, this.codecs, this.now, {
        requestKeyframe: () => this.#socket?.requestKeyframe(stream),
        live: (live) => this.post({ type: "live", stream, live }),
        warning: (detail) => this.#warn(detail),
      });
      this.#remote.set(stream, receiver);
      if (generator) this.post({ type: "track", stream, track: generator.track }, generator.track);
      const early = this.#early.take(stream, this.now());
      if (early) for (const { header, payload } of early) receiver.onFrame(header, payload);
      else receiver.onFramesLost();
    } catch (error) {
      this.#warn(`receiving stream ${stream}: ${error}`);
    }
  }

  #onConnected(): void {
    for (const { sender } of this.#local.values()) sender.requestKeyframe();
    for (const receiver of this.#remote.values()) receiver.onFramesLost();
  }

  #onRemoteFrame(header: FrameHeader, payload: Uint8Array): void {
    const receiver = this.#remote.get(header.stream);
    if (receiver) receiver.onFrame(header, payload);
    else this.#early.add(header, payload, this.now());
  }

  #onControl(control: ToWorker): void {
    if (control.type === "keyframe") this.#local.get(control.stream)?.sender.requestKeyframe();
    else this.#setBitrate(control.stream, control.bitrate);
  }

  #setBitrate(stream: StreamId, bitrate: number): void {
    this.#bitrates.delete(stream);
    if (bitrate > 0) this.#bitrates.set(stream, bitrate);
    dropOldest(this.#bitrates);
    const local = this.#local.get(stream);
    if (!local) return;
    local.sender.setBitrate(bitrate);
    if (bitrate > 0 || local.sender.alwaysReads) local.reader.start();
    else local.reader.stop();
  }

  #warn(detail: string): void {
    this.post({ type: "warning", detail });
  }
}

function dropOldest(kept: Map<StreamId, unknown>): void {
  const [oldest] = kept.keys();
  if (oldest !== undefined && kept.size > MAX_BITRATES) kept.delete(oldest);
}
