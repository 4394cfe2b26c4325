/**
 * All video of the engine, inside the worker: local streams to encode, remote ones to show, one media socket
 * for both.
 *
 * What can happen to it:
 * - from the page: streams begin and end (`hear`)
 * - from the shell: frames, bitrates, keyframe requests, a socket that is lost and found again
 * - from the clock: ten ticks a second
 */
import type { StreamId } from "./bridge";
import type { Codecs, FrameAccess } from "./codecs";
import { EarlyFrames } from "./early-frames";
import { FrameReader } from "./frame-reader";
import { TrackSource } from "./frame-source";
import { FrameWriter } from "./frame-writer";
import { PageFrames } from "./page-frames";
import { Receiver } from "./receiver";
import { Sender } from "./sender";
import type { MediaSocket, SocketEvents } from "./socket";
import type { FrameHeader, ToWorker } from "./wire";
import type { FromVideoWorker, ToVideoWorker } from "./worker-messages";

const STATS_EVERY_MS = 1_000;
/** Bitrates the shell told of streams that the page has not named yet; of so many, the newest. */
const MAX_EARLY = 64;

export class Streams {
  #socket: MediaSocket | null = null;
  #local = new Map<StreamId, { sender: Sender; reader: FrameReader }>();
  #remote = new Map<StreamId, Receiver>();
  #bitrates = new Map<StreamId, number>();
  #early = new EarlyFrames();
  #page: PageFrames;
  #statsAt = 0;
  /** The socket of now, whichever it is. */
  #outlet = ((streams: Streams) => ({
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
    private readonly tell: (message: FromVideoWorker, transfer?: MediaStreamTrack | VideoFrame) => void,
    /** The zero of `now`, in milliseconds since 1970. */
    private readonly epoch = 0,
  ) {
    this.#page = new PageFrames(tell);
  }

  hear(message: ToVideoWorker): void {
    switch (message.type) {
      case "connect":
        this.#socket?.close();
        this.#socket = this.connect(message.url, message.token, {
          open: () => this.#connected(),
          frame: (header, payload) => this.#frame(header, payload),
          control: (control) => this.#control(control),
          lost: (detail) => this.#trouble(detail),
        });
        break;
      case "send":
        this.#send(message);
        break;
      case "content":
        this.#local.get(message.stream)?.sender.setContent(message.content);
        break;
      case "end-send":
        this.#endSend(message.stream);
        break;
      case "receive":
        this.#receive(message);
        break;
      case "end-receive":
        this.#remote.get(message.stream)?.close();
        this.#remote.delete(message.stream);
        this.#early.delete(message.stream);
        break;
      case "grabbed":
        this.#page.grabbed(message.stream, message.frame);
        break;
      case "drawn":
        this.#page.drawn(message.stream);
    }
  }

  tick(): void {
    for (const { sender } of this.#local.values()) sender.tick();
    for (const receiver of this.#remote.values()) receiver.tick();
    const now = this.now();
    if (now - this.#statsAt < STATS_EVERY_MS || this.#local.size + this.#remote.size === 0) return;
    this.#statsAt = now;
    const senders = [...this.#local.values()].map(({ sender }) => sender);
    this.tell({ type: "stats", streams: [...senders, ...this.#remote.values()].map((one) => one.stats()) });
  }

  #send({ stream, content, track, limit }: Extract<ToVideoWorker, { type: "send" }>): void {
    this.#stopSending(stream);
    const trouble = (detail: string) => this.#trouble(detail);
    const sender = new Sender(
      stream,
      content,
      this.#outlet,
      this.codecs,
      this.now,
      trouble,
      this.epoch,
      limit,
    );
    const source = track ? new TrackSource(track, this.access) : this.#page.source(stream);
    const reader = new FrameReader(source, (frame) => this.#captured(stream, frame), trouble);
    this.#local.set(stream, { sender, reader });
    this.#setBitrate(stream, this.#bitrates.get(stream) ?? 0);
  }

  #captured(stream: StreamId, frame: VideoFrame): void {
    const local = this.#local.get(stream);
    if (local && frame.displayWidth > 0 && frame.displayHeight > 0) {
      local.sender.frame(frame);
      return;
    }
    frame.close();
    if (!local) return;
    this.#stopSending(stream);
    this.tell({ type: "sizeless", stream });
  }

  /** Its bitrate is kept: a stream that is sent again at once, on another link, is told none where it is the same. */
  #endSend(stream: StreamId): void {
    this.#stopSending(stream);
  }

  #stopSending(stream: StreamId): void {
    const local = this.#local.get(stream);
    this.#local.delete(stream);
    local?.reader.close();
    local?.sender.close();
  }

  #receive({ stream, source }: Extract<ToVideoWorker, { type: "receive" }>): void {
    if (this.#remote.has(stream)) return;
    try {
      const { VideoTrackGenerator } = this.access;
      const generator = VideoTrackGenerator ? new VideoTrackGenerator() : null;
      const writer = new FrameWriter(generator?.writable ?? this.#page.pictures(stream));
      const receiver = new Receiver(stream, source, writer, this.codecs, this.now, {
        askForKeyframe: () => this.#socket?.askForKeyframe(stream),
        live: (live) => this.tell({ type: "live", stream, live }),
        trouble: (detail) => this.#trouble(detail),
      });
      this.#remote.set(stream, receiver);
      if (generator) this.tell({ type: "track", stream, track: generator.track }, generator.track);
      const early = this.#early.take(stream, this.now());
      if (early) for (const { header, payload } of early) receiver.frame(header, payload);
      else receiver.interrupted();
    } catch (error) {
      this.#trouble(`showing stream ${stream}: ${error}`);
    }
  }

  #connected(): void {
    for (const { sender } of this.#local.values()) sender.requestKeyframe();
    for (const receiver of this.#remote.values()) receiver.interrupted();
  }

  #frame(header: FrameHeader, payload: Uint8Array): void {
    const receiver = this.#remote.get(header.stream);
    if (receiver) receiver.frame(header, payload);
    else this.#early.add(header, payload, this.now());
  }

  #control(control: ToWorker): void {
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

  #trouble(detail: string): void {
    this.tell({ type: "trouble", detail });
  }
}

function dropOldest(kept: Map<StreamId, unknown>): void {
  const [oldest] = kept.keys();
  if (oldest !== undefined && kept.size > MAX_EARLY) kept.delete(oldest);
}
