/** A host, an engine and a signaling server without a browser, so that calls run inside one test. */
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
import {
  DEFAULT_SETTINGS,
  type Host,
  type JoinRequest,
  type Settings,
  type SignalingEvent,
} from "../src/host/types";
import type { LeaveReason, PeerSignal, ServerMessage } from "../src/protocol/generated";

/** Resolves after pending promise callbacks have run. */
export async function settled(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
}

export class FakeTrack implements LocalTrack {
  stopped = false;
  muted = false;
  loudness = 0;
  content: string | null = null;
  #ended = new Set<() => void>();

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
      roundTrip: 1,
      loss: 0,
      sentLoss: 0,
      jitter: 0,
      sentBitrate: 0,
      receivedBitrate: 0,
      availableBitrate: null,
      localCandidate: null,
      remoteCandidate: null,
      media: [],
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
  setProcessing(processing: Processing): void {
    this.processing.push(processing);
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

interface Occupant {
  id: string;
  name: string;
  host: FakeHost;
}

/** A signaling server with one room. Messages are queued until `flush`. */
export class FakeServer {
  incarnation = uuid(1);
  occupants: Occupant[] = [];
  #queue: { host: FakeHost; message: ServerMessage }[] = [];
  static ids = 100;

  join(host: FakeHost, request: JoinRequest, id: string = uuid(FakeServer.ids++)): void {
    const occupant: Occupant = { id, name: request.name, host };
    this.#send(host, {
      type: "joined",
      self: id,
      room: { id: request.room, incarnation: this.incarnation, capacity: 8 },
      participants: this.occupants.map(({ id: other, name }) => ({ id: other, name })),
      iceServers: [],
      resume: "secret",
    });
    for (const other of this.occupants) {
      this.#send(other.host, { type: "participant-joined", participant: { id, name: request.name } });
    }
    this.occupants.push(occupant);
  }
  leave(host: FakeHost, reason: LeaveReason = "left"): void {
    const occupant = this.occupants.find((candidate) => candidate.host === host);
    if (!occupant) return;
    this.occupants = this.occupants.filter((other) => other !== occupant);
    for (const other of this.occupants) {
      this.#send(other.host, { type: "participant-left", participant: occupant.id, reason });
    }
  }
  signal(host: FakeHost, to: string, data: unknown): void {
    const from = this.occupants.find((occupant) => occupant.host === host);
    const receiver = this.occupants.find((occupant) => occupant.id === to);
    if (from && receiver) this.#send(receiver.host, { type: "signal", from: from.id, data });
  }
  #send(host: FakeHost, message: ServerMessage): void {
    this.#queue.push({ host, message: JSON.parse(JSON.stringify(message)) });
  }
  /** Loses all state, including the queues. */
  restart(): void {
    this.incarnation = uuid(FakeServer.ids++);
    this.occupants = [];
    this.#queue = [];
  }
  /** Delivers everything. The order is kept per receiver; `pick` selects the next receiver. */
  async flush(pick: (choices: number) => number = () => 0): Promise<void> {
    await settled();
    while (this.#queue.length > 0) {
      const hosts = [...new Set(this.#queue.map(({ host }) => host))];
      const host = hosts[pick(hosts.length) % hosts.length];
      const index = this.#queue.findIndex((entry) => entry.host === host);
      const [entry] = this.#queue.splice(index, 1);
      entry?.host.emit({ type: "message", message: entry.message });
      await settled();
    }
  }
}

export class FakeHost implements Host {
  readonly kind = "browser";
  request: JoinRequest | null = null;
  #listeners = new Set<(event: SignalingEvent) => void>();
  #settings: Settings = DEFAULT_SETTINGS;

  constructor(private readonly server: FakeServer) {}

  readonly signaling = {
    join: (request: JoinRequest) => {
      this.request = request;
      this.emit({ type: "status", status: { kind: "connecting" } });
      this.server.join(this, request);
    },
    signal: (to: string, data: unknown) => this.server.signal(this, to, data),
    leave: () => {
      this.request = null;
      this.server.leave(this);
      this.emit({ type: "status", status: { kind: "idle" } });
    },
    subscribe: (listener: (event: SignalingEvent) => void) => {
      this.#listeners.add(listener);
      return () => this.#listeners.delete(listener);
    },
  };
  #watchers = new Set<(settings: Settings) => void>();
  readonly settings = {
    ready: Promise.resolve(),
    get: () => this.#settings,
    set: (patch: Partial<Settings>) => {
      this.#settings = { ...this.#settings, ...patch };
      for (const listener of [...this.#watchers]) listener(this.#settings);
    },
    subscribe: (listener: (settings: Settings) => void) => {
      this.#watchers.add(listener);
      return () => this.#watchers.delete(listener);
    },
  };
  roomLink = (room: string) => `https://maru.example/r/${room}`;
  openExternal = async () => {};
  copyText = async () => {};
  initialRoom = () => null;
  showRoom = () => {};

  emit(event: SignalingEvent): void {
    for (const listener of [...this.#listeners]) listener(event);
  }
  /** Joins again after a server restart, with a new ID. */
  rejoin(): void {
    if (this.request) this.server.join(this, this.request);
  }
}

export function uuid(n: number): string {
  return `00000000-0000-4000-8000-${n.toString(16).padStart(12, "0")}`;
}

export const denied = new DeviceError("denied", "the person said no");
