import { LIMITS, type PeerSignal } from "../../protocol/generated";
import type { Link, LinkOptions, LinkStats, LinkStatus, LocalTrack, Source } from "../types";
import type { LinkId, NativeBridge, NativeCommand, NativeEvent, StreamId } from "./bridge";
import { Microphone } from "./microphone";
import { type NativeRemoteTrack, RemoteVideo, RemoteVoice } from "./remote-track";
import type { Sound } from "./sound";
import { StatsSampler } from "./stats";
import { VideoTrack } from "./video-track";
import type { VideoWorker } from "./video-worker";

/** What may wait for the shell to take it, in octets of UTF-8: as much as a data channel may hold. */
const MAX_WAITING_BYTES = 256 * 1024;
/** Signals not yet taken; a flood beyond that is not a negotiation. */
const MAX_PENDING = 256;

export interface LinkContext {
  bridge: Pick<NativeBridge, "send" | "stats">;
  sound: Sound;
  video: VideoWorker;
}

type LinkEvent = Extract<NativeEvent, { link: LinkId }>;

/**
 * A link that the shell carries.
 *
 * What can happen to it:
 * - from the call: the methods of `Link`, each a command; the bridge keeps their order
 * - from the shell: status, signals, tracks, the channel, messages (`hear`); refusals of commands
 */
export class NativeLink implements Link {
  #closed = false;
  #failed = false;
  #open = false;
  #waitingBytes = 0;
  #pending = 0;
  #outgoing = new Map<Source, { stream: StreamId; release: () => void }>();
  #incoming: NativeRemoteTrack[] = [];
  #stats = new StatsSampler();
  #encoder = new TextEncoder();

  constructor(
    private readonly id: LinkId,
    private readonly options: LinkOptions,
    private readonly context: LinkContext,
    private readonly onClosed: () => void,
  ) {
    const { iceServers, polite, offerFirst } = options;
    options.events.status("connecting", "");
    this.#order({ type: "create-link", link: id, iceServers, polite, offerFirst }, true);
  }

  hear(event: LinkEvent): void {
    if (this.#closed) return;
    const { events } = this.options;
    switch (event.type) {
      case "status":
        this.#status(event.status, event.detail);
        break;
      case "signal":
        this.options.send(event.signal);
        break;
      case "tracks":
        this.#setIncoming(event.tracks);
        break;
      case "problems":
        events.problems(event.problems);
        break;
      case "open":
        this.#open = true;
        events.open();
        break;
      case "message":
        events.message(event.text);
    }
  }

  /** Sound of one of its remote streams comes, or stopped. */
  hearLive(stream: StreamId, live: boolean): void {
    for (const track of this.#incoming) {
      if (track instanceof RemoteVoice && track.stream === stream) track.setLive(live);
    }
  }

  receive(signal: PeerSignal): void {
    if (signal.connection !== "media" || this.#pending >= MAX_PENDING) return;
    this.#pending += 1;
    this.#order({ type: "receive", link: this.id, signal }, true, () => {
      this.#pending -= 1;
    });
  }

  setTrack(source: Source, track: LocalTrack | null): void {
    if (this.#closed) return;
    const ours = track instanceof VideoTrack || track instanceof Microphone ? track : null;
    if (track && !ours) return; // Of another engine.
    const before = this.#outgoing.get(source);
    const stream = ours?.stream ?? null;
    if ((before?.stream ?? null) === stream) return;
    // First the new, then without the old: a track that moves between sources never pauses.
    if (ours) {
      const release = ours instanceof VideoTrack ? ours.use() : () => {};
      this.#outgoing.set(source, { stream: ours.stream, release });
    } else {
      this.#outgoing.delete(source);
    }
    this.#order({ type: "set-track", link: this.id, source, stream });
    before?.release();
  }

  sendMessage(text: string): boolean {
    if (this.#closed || !this.#open || this.#waitingBytes > MAX_WAITING_BYTES) return false;
    const { length } = this.#encoder.encode(text);
    if (length > LIMITS.maxPeerMessageBytes) return false;
    this.#waitingBytes += length;
    this.#order({ type: "send-message", link: this.id, text }, false, () => {
      this.#waitingBytes -= length;
    });
    return true;
  }

  setPolite(polite: boolean): void {
    this.#order({ type: "set-polite", link: this.id, polite });
  }

  setIceServers(iceServers: LinkOptions["iceServers"]): void {
    this.#order({ type: "set-ice-servers", link: this.id, iceServers });
  }

  restartIce(): void {
    this.#order({ type: "restart-ice", link: this.id });
  }

  async stats(): Promise<LinkStats> {
    const native = this.#closed ? null : await this.context.bridge.stats(this.id).catch(() => null);
    return this.#stats.summarise(native, performance.now(), (stream) => this.context.video.stats(stream));
  }

  close(): void {
    if (this.#closed) return;
    this.#order({ type: "close-link", link: this.id });
    this.#closed = true;
    for (const { release } of this.#outgoing.values()) release();
    this.#outgoing.clear();
    for (const track of this.#incoming) track.close();
    this.#incoming = [];
    this.onClosed();
    this.options.events.status("closed", "");
  }

  #status(status: LinkStatus, detail: string): void {
    // Until "open" says that there is a channel again: the other side may have begun anew. One that failed keeps
    // its channel, and nothing says "open" again when its path comes back.
    if (status === "connecting" || status === "closed") this.#open = false;
    this.options.events.status(status, detail);
  }

  #setIncoming(tracks: readonly { source: Source; stream: StreamId }[]): void {
    const before = this.#incoming;
    const kept = (source: Source, stream: StreamId) =>
      before.find((track) => track.stream === stream && track.source === source);
    const after = tracks.map(
      ({ source, stream }) => kept(source, stream) ?? this.#incomingOf(source, stream),
    );
    this.#incoming = after;
    for (const track of before) if (!after.includes(track)) track.close();
    const same = before.length === after.length && before.every((track, index) => track === after[index]);
    if (!same) this.options.events.tracks(after);
  }

  #incomingOf(source: Source, stream: StreamId): NativeRemoteTrack {
    return source === "camera" || source === "screen"
      ? new RemoteVideo(source, stream, this.context.video)
      : new RemoteVoice(source, stream, this.context.sound);
  }

  /** `vital`: the link cannot work without it. */
  #order(command: NativeCommand, vital = false, done: () => void = () => {}): void {
    if (this.#closed) {
      done();
      return;
    }
    this.context.bridge.send(command).then(done, (error: unknown) => {
      done();
      if (vital) this.#fail(`${command.type}: ${error}`);
      else if (!this.#closed) console.warn(command.type, error);
    });
  }

  #fail(detail: string): void {
    if (this.#closed || this.#failed) return;
    this.#failed = true;
    this.#status("failed", detail);
  }
}
