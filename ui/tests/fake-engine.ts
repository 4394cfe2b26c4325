/** An engine without a browser, whose links connect to each other inside one test. */
import { NO_STATS } from "../src/engine/none/engine";
import {
  type Device,
  DeviceError,
  type Engine,
  type Link,
  type LinkOptions,
  type LinkStats,
  type LocalTrack,
  type Processing,
  type RemoteTrack,
  type Source,
} from "../src/engine/types";
import type { PeerSignal } from "../src/protocol/generated";

export class FakeTrack implements LocalTrack {
  stopped = false;
  muted = false;
  loudness = 0;
  content: string | null = null;
  #ended = new Set<() => void>();
  #interruption = new Set<() => void>();
  #interrupted = false;

  constructor(
    readonly source: Source,
    readonly deviceId: string | null = null,
    readonly label = deviceId ?? "default",
  ) {}

  setMuted(muted: boolean): void {
    this.muted = muted;
  }
  setContent(content: "text" | "motion"): void {
    this.content = content;
  }
  level(): number {
    return this.muted ? 0 : this.loudness;
  }
  inputLevel(): number {
    return this.loudness;
  }
  attach(): () => void {
    return () => {};
  }
  onEnded(listener: () => void): () => void {
    this.#ended.add(listener);
    return () => this.#ended.delete(listener);
  }
  interrupted(): boolean {
    return this.#interrupted;
  }
  onInterruption(listener: () => void): () => void {
    this.#interruption.add(listener);
    return () => this.#interruption.delete(listener);
  }
  /** The system withholds the media, or gives it back. */
  setInterrupted(interrupted: boolean): void {
    this.#interrupted = interrupted;
    for (const listener of [...this.#interruption]) listener();
  }
  stop(): void {
    this.stopped = true;
  }
  /** The device is unplugged. */
  end(): void {
    this.stopped = true;
    for (const listener of [...this.#ended]) listener();
  }
}

class FakeRemoteTrack implements RemoteTrack {
  constructor(
    readonly source: Source,
    private readonly sender: FakeLink,
  ) {}
  attach(): () => void {
    return () => {};
  }
  level(): number {
    return this.sender.sending.get(this.source)?.level() ?? 0;
  }
  live(): boolean {
    return this.sender.sending.has(this.source);
  }
  onChange(): () => void {
    return () => {};
  }
}

/** Negotiates with its own name as SDP, and connects to the link of that name in the answer. */
export class FakeLink implements Link {
  static all = new Map<string, FakeLink>();
  static next = 1;
  readonly name = `link-${FakeLink.next++}`;
  readonly sending = new Map<Source, LocalTrack>();
  partner: FakeLink | null = null;
  closed = false;
  polite: boolean;
  restarts = 0;

  constructor(private readonly options: LinkOptions) {
    FakeLink.all.set(this.name, this);
    this.polite = options.polite;
    queueMicrotask(() => {
      if (options.offerFirst) this.#offer();
    });
  }
  #offer(): void {
    if (!this.closed)
      this.options.send({ connection: "media", description: { type: "offer", sdp: this.name } });
  }
  receive(signal: PeerSignal): void {
    if (this.closed || !("description" in signal)) return;
    const other = FakeLink.all.get(signal.description.sdp);
    if (!other || other.closed) return;
    if (signal.description.type === "offer") {
      this.options.send({ connection: "media", description: { type: "answer", sdp: this.name } });
    } else {
      this.#connect(other);
      other.#connect(this);
    }
  }
  #connect(other: FakeLink): void {
    this.partner = other;
    this.options.events.status("connected", "");
    this.options.events.tracks(
      (["microphone", "camera"] as const).map((source) => new FakeRemoteTrack(source, other)),
    );
    this.options.events.open();
  }
  setTrack(source: Source, track: LocalTrack | null): void {
    if (track) this.sending.set(source, track);
    else this.sending.delete(source);
  }
  /** By source: as set last. */
  readonly shownHeights = new Map<Source, number | null>();
  setShownHeight(source: Source, height: number | null): void {
    this.shownHeights.set(source, height);
  }
  sendMessage(text: string): boolean {
    const { partner } = this;
    if (!partner || partner.closed || this.closed) return false;
    queueMicrotask(() => {
      if (!partner.closed) partner.options.events.message(text);
    });
    return true;
  }
  /** Sends raw text to the other side, like a broken or hostile peer. */
  sendRaw(text: string): void {
    this.partner?.options.events.message(text);
  }
  setPolite(polite: boolean): void {
    this.polite = polite;
  }
  iceServers: LinkOptions["iceServers"] = [];
  setIceServers(servers: LinkOptions["iceServers"]): void {
    this.iceServers = servers;
  }
  restartIce(): void {
    this.restarts += 1;
    this.#offer();
  }
  /** The connection is lost. */
  break(status: "reconnecting" | "failed" = "failed"): void {
    this.partner = null;
    this.options.events.status(status, "the path was lost");
  }
  /** Overrides of the statistics. */
  statsPatch: Partial<LinkStats> = {};
  async stats(): Promise<LinkStats> {
    return {
      ...NO_STATS,
      roundTrip: 1,
      loss: 0,
      sentLoss: 0,
      jitter: 0,
      ...this.statsPatch,
    };
  }
  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.options.events.status("closed", "");
  }
}

export class FakeEngine implements Engine {
  readonly kind = "webview";
  readonly capabilities = { calls: true, microphone: true, camera: true, screen: true, chooseSpeaker: true };
  links: FakeLink[] = [];
  tracks: FakeTrack[] = [];
  available: Device[] = [];
  /** Devices open once this resolves. */
  gate: Promise<void> = Promise.resolve();
  /** Opening devices fails with this. */
  openError: DeviceError | null = null;
  /** Devices are added or removed. */
  setAvailable(devices: Device[]): void {
    this.available = devices;
    for (const listener of [...this.#deviceListeners]) listener();
  }
  /** `setSpeaker` fails for this device. */
  missingSpeaker: string | null = null;
  /** Arguments of `setSpeaker`, in order. */
  speakers: (string | null)[] = [];
  #deviceListeners = new Set<() => void>();

  readonly devices = {
    list: async () => this.available,
    onChange: (listener: () => void) => {
      this.#deviceListeners.add(listener);
      return () => this.#deviceListeners.delete(listener);
    },
    openMicrophone: (id: string | null) => this.#open("microphone", id),
    openCamera: (id: string | null) => this.#open("camera", id),
    openScreen: async () => ({
      video: await this.#open("screen", null),
      audio: await this.#open("screen-audio", null),
    }),
  };
  #playbackBlocked = false;
  #playbackListeners = new Set<() => void>();
  readonly playback = {
    blocked: () => this.#playbackBlocked,
    unblock: async () => this.setPlaybackBlocked(false),
    onChange: (listener: () => void) => {
      this.#playbackListeners.add(listener);
      return () => this.#playbackListeners.delete(listener);
    },
  };

  setPlaybackBlocked(blocked: boolean): void {
    this.#playbackBlocked = blocked;
    for (const listener of [...this.#playbackListeners]) listener();
  }
  createLink(options: LinkOptions): FakeLink {
    const link = new FakeLink(options);
    this.links.push(link);
    return link;
  }
  async setSpeaker(deviceId: string | null): Promise<void> {
    this.speakers.push(deviceId);
    if (deviceId !== null && deviceId === this.missingSpeaker) throw new DeviceError("missing", deviceId);
  }
  /** Arguments of `setProcessing`, in order. */
  processing: Processing[] = [];
  /** Whether an open microphone takes over other processing. */
  appliesProcessing = true;
  async setProcessing(processing: Processing): Promise<boolean> {
    this.processing.push(processing);
    return this.appliesProcessing;
  }
  close(): void {}
  get live(): FakeTrack[] {
    return this.tracks.filter((track) => !track.stopped);
  }
  async #open(source: Source, id: string | null): Promise<FakeTrack> {
    await this.gate;
    if (this.openError) throw this.openError;
    const track = new FakeTrack(source, id);
    this.tracks.push(track);
    return track;
  }
}

export const denied = new DeviceError("denied", "the person said no");
