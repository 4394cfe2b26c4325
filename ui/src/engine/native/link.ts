import { LIMITS, type PeerSignal } from "../../protocol/generated";
import type { Link, LinkOptions, LinkStats, LinkStatus, LocalTrack, Source } from "../types";
import type { AudioLevels } from "./audio-levels";
import type { LinkId, NativeBridge, NativeCommand, NativeEvent, StreamId } from "./bridge";
import { LocalVideoTrack } from "./local-video-track";
import { Microphone } from "./microphone";
import { type NativeRemoteTrack, RemoteAudioTrack, RemoteVideoTrack } from "./remote-track";
import { StatsSampler } from "./stats";
import type { VideoWorker } from "./video-worker";

/** Most UTF-8 bytes of messages that the shell has not accepted yet: as much as a data channel buffers. */
const MAX_PENDING_BYTES = 256 * 1024;
/** Most signals that the shell has not accepted yet; more are dropped as a flood. */
const MAX_PENDING_SIGNALS = 256;

export interface LinkContext {
  bridge: Pick<NativeBridge, "send" | "stats">;
  levels: AudioLevels;
  video: VideoWorker;
}

type LinkEvent = Extract<NativeEvent, { link: LinkId }>;

/**
 * A link of the engine in the shell.
 *
 * Inputs:
 * - from the call: the methods of `Link`, each of which is a command; the bridge keeps their order
 * - from the shell: status, signals, tracks, the channel, messages (`onEvent`), and rejected commands
 */
export class NativeLink implements Link {
  #closed = false;
  #failed = false;
  #open = false;
  #pendingBytes = 0;
  #pendingSignals = 0;
  #localTracks = new Map<Source, { stream: StreamId; video: LocalVideoTrack | null; release: () => void }>();
  /** How large the participant shows our sources, in physical pixels. */
  #shownHeights = new Map<Source, number>();
  #remoteTracks: NativeRemoteTrack[] = [];
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
    this.#send({ type: "create-link", link: id, iceServers, polite, offerFirst }, true);
  }

  onEvent(event: LinkEvent): void {
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
        this.#setRemoteTracks(event.tracks);
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

  /** Audio packets of a remote stream arrive, or stopped. */
  setAudioLive(stream: StreamId, live: boolean): void {
    for (const track of this.#remoteTracks) {
      if (track instanceof RemoteAudioTrack && track.stream === stream) track.setLive(live);
    }
  }

  receive(signal: PeerSignal): void {
    if (signal.connection !== "media" || this.#pendingSignals >= MAX_PENDING_SIGNALS) return;
    this.#pendingSignals += 1;
    this.#send({ type: "receive", link: this.id, signal }, true, () => {
      this.#pendingSignals -= 1;
    });
  }

  setTrack(source: Source, track: LocalTrack | null): void {
    if (this.#closed) return;
    const local = track instanceof LocalVideoTrack || track instanceof Microphone ? track : null;
    if (track && !local) return; // Of another engine.
    const before = this.#localTracks.get(source);
    const stream = local?.stream ?? null;
    if ((before?.stream ?? null) === stream) return;
    // The new track starts before the old one is released, so a track that moves between sources never pauses.
    if (local) {
      const video = local instanceof LocalVideoTrack ? local : null;
      const release = video?.startSending() ?? (() => {});
      this.#localTracks.set(source, { stream: local.stream, video, release });
      video?.setShownHeight(this.id, this.#shownHeights.get(source) ?? null);
    } else {
      this.#localTracks.delete(source);
    }
    this.#send({ type: "set-track", link: this.id, source, stream });
    if (before) this.#release(before);
  }

  setShownHeight(source: Source, height: number | null): void {
    if (height === null) this.#shownHeights.delete(source);
    else this.#shownHeights.set(source, height);
    this.#localTracks.get(source)?.video?.setShownHeight(this.id, height);
  }

  sendMessage(text: string): boolean {
    if (this.#closed || !this.#open || this.#pendingBytes > MAX_PENDING_BYTES) return false;
    const { length } = this.#encoder.encode(text);
    if (length > LIMITS.maxPeerMessageBytes) return false;
    this.#pendingBytes += length;
    this.#send({ type: "send-message", link: this.id, text }, false, () => {
      this.#pendingBytes -= length;
    });
    return true;
  }

  setPolite(polite: boolean): void {
    this.#send({ type: "set-polite", link: this.id, polite });
  }

  setIceServers(iceServers: LinkOptions["iceServers"]): void {
    this.#send({ type: "set-ice-servers", link: this.id, iceServers });
  }

  restartIce(): void {
    this.#send({ type: "restart-ice", link: this.id });
  }

  async stats(): Promise<LinkStats> {
    const native = this.#closed ? null : await this.context.bridge.stats(this.id).catch(() => null);
    return this.#stats.summarise(native, performance.now(), (stream) => this.context.video.stats(stream));
  }

  close(): void {
    if (this.#closed) return;
    this.#send({ type: "close-link", link: this.id });
    this.#closed = true;
    for (const track of this.#localTracks.values()) this.#release(track);
    this.#localTracks.clear();
    for (const track of this.#remoteTracks) track.close();
    this.#remoteTracks = [];
    this.onClosed();
    this.options.events.status("closed", "");
  }

  #release({ video, release }: { video: LocalVideoTrack | null; release: () => void }): void {
    release();
    video?.setShownHeight(this.id, null);
  }

  #status(status: LinkStatus, detail: string): void {
    // "connecting" means a new connection, whose channel is not open until the "open" event. A failed link keeps its
    // channel, and gets no "open" event when its path is restored.
    if (status === "connecting" || status === "closed") this.#open = false;
    this.options.events.status(status, detail);
  }

  #setRemoteTracks(tracks: readonly { source: Source; stream: StreamId }[]): void {
    const before = this.#remoteTracks;
    const kept = (source: Source, stream: StreamId) =>
      before.find((track) => track.stream === stream && track.source === source);
    const after = tracks.map(
      ({ source, stream }) => kept(source, stream) ?? this.#createRemoteTrack(source, stream),
    );
    this.#remoteTracks = after;
    for (const track of before) if (!after.includes(track)) track.close();
    const same = before.length === after.length && before.every((track, index) => track === after[index]);
    if (!same) this.options.events.tracks(after);
  }

  #createRemoteTrack(source: Source, stream: StreamId): NativeRemoteTrack {
    return source === "camera" || source === "screen"
      ? new RemoteVideoTrack(source, stream, this.context.video)
      : new RemoteAudioTrack(source, stream, this.context.levels);
  }

  /** `required`: the link fails if the command is rejected. */
  #send(command: NativeCommand, required = false, done: () => void = () => {}): void {
    if (this.#closed) {
      done();
      return;
    }
    this.context.bridge.send(command).then(done, (error: unknown) => {
      done();
      if (required) this.#fail(`${command.type}: ${error}`);
      else if (!this.#closed) console.warn(command.type, error);
    });
  }

  #fail(detail: string): void {
    if (this.#closed || this.#failed) return;
    this.#failed = true;
    this.#status("failed", detail);
  }
}
