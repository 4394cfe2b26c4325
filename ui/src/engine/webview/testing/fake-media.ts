import type { FakeKind } from "./fake-sdp";

export class FakeMediaStream {
  constructor(readonly tracks: readonly unknown[] = []) {}
}

/** The track of a receiver. */
class FakeReceiverTrack {
  readyState = "live";
  muted = false;
  onmute: (() => void) | null = null;
  onunmute: (() => void) | null = null;
  onended: (() => void) | null = null;

  constructor(readonly kind: FakeKind) {}
}

/** An RTCRtpReceiver: `sources` is what `getSynchronizationSources` returns. */
class FakeReceiver {
  readonly track: FakeReceiverTrack;
  sources: RTCRtpSynchronizationSource[] = [];

  constructor(kind: FakeKind) {
    this.track = new FakeReceiverTrack(kind);
  }

  getSynchronizationSources(): RTCRtpSynchronizationSource[] {
    return this.sources;
  }
}

/** An RTCRtpSender: it has an encoding once it was negotiated. */
class FakeSender {
  track: MediaStreamTrack | null = null;
  streams: readonly unknown[] = [];
  parameters: { encodings: RTCRtpEncodingParameters[]; degradationPreference?: string } = { encodings: [] };

  constructor(private readonly isClosed: () => boolean) {}

  async replaceTrack(track: MediaStreamTrack | null): Promise<void> {
    if (this.isClosed()) throw new DOMException("The peer connection is closed", "InvalidStateError");
    this.track = track;
  }

  setStreams(...streams: unknown[]): void {
    this.streams = streams;
  }

  getParameters() {
    return structuredClone(this.parameters);
  }

  async setParameters(parameters: FakeSender["parameters"]): Promise<void> {
    this.parameters = structuredClone(parameters);
  }

  async getStats(): Promise<ReadonlyMap<string, unknown>> {
    return new Map();
  }
}

export interface FakeTransceiverEvents {
  isClosed(): boolean;
  /** Something that the next offer has to describe changed. */
  changed(): void;
}

export class FakeTransceiver {
  mid: string | null = null;
  currentDirection: string | null = null;
  readonly sender: FakeSender;
  readonly receiver: FakeReceiver;
  #direction: string;

  constructor(
    readonly kind: FakeKind,
    direction: string,
    private readonly events: FakeTransceiverEvents,
  ) {
    this.#direction = direction;
    this.sender = new FakeSender(events.isClosed);
    this.receiver = new FakeReceiver(kind);
  }

  get direction(): string {
    return this.#direction;
  }

  set direction(direction: string) {
    if (this.stopped) throw new DOMException("The transceiver is stopped", "InvalidStateError");
    if (direction === this.#direction) return;
    this.#direction = direction;
    this.events.changed();
  }

  get stopped(): boolean {
    return this.#direction === "stopped";
  }

  stop(): void {
    if (this.stopped) return;
    this.#direction = "stopped";
    this.events.changed();
  }

  /** Its connection was closed (W3C WebRTC §4.4.1, "close the connection"). */
  onClosed(): void {
    this.#direction = "stopped";
    this.currentDirection = "stopped";
  }

  /** Its section was rejected: stopped for good. */
  reject(): void {
    this.#direction = "stopped";
    this.currentDirection = "stopped";
    this.receiver.track.readyState = "ended";
    this.receiver.track.onended?.();
  }
}

export class FakeDataChannel {
  readyState: RTCDataChannelState = "connecting";
  bufferedAmount = 0;
  sent: string[] = [];
  onopen: (() => void) | null = null;
  onclose: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  /** The same channel on the other side, once there is one. */
  remote: FakeDataChannel | null = null;
  /** Thrown by `send`. */
  failure: Error | null = null;

  constructor(readonly label: string) {}

  open(): void {
    if (this.readyState !== "connecting") return;
    this.readyState = "open";
    this.onopen?.();
  }

  send(text: string): void {
    if (this.failure) throw this.failure;
    if (this.readyState !== "open") throw new DOMException("The channel is not open", "InvalidStateError");
    this.sent.push(text);
    this.remote?.onmessage?.({ data: text });
  }

  close(): void {
    if (this.readyState === "closed") return;
    this.readyState = "closed";
    this.onclose?.();
    this.remote?.close();
  }
}
