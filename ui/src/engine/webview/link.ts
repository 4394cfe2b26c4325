import type { PeerSignal } from "../../protocol/generated";
import type { Link, LinkOptions, LinkProblem, LinkStats, LocalTrack, Source } from "../types";
import type { WebviewAudio } from "./media/audio";
import { WebviewLocalTrack } from "./media/local-track";
import { RemoteTracks } from "./media/remote-tracks";
import type { Connection } from "./negotiation/connection";
import { DataChannel } from "./negotiation/data-channel";
import { MediaContent } from "./negotiation/media-content";
import { NegotiatedLink } from "./negotiation/negotiated-link";
import type { CameraDemand } from "./quality/encoding";
import { StatsSampler } from "./quality/stats";

const SOURCES: readonly Source[] = ["microphone", "camera", "screen", "screen-audio"];

/** The media connection to a participant: the tracks and messages on it. */
export class WebviewLink implements Link {
  readonly #link: NegotiatedLink<MediaContent>;
  #polite: boolean;
  #stats = new StatsSampler();
  #remoteTracks: RemoteTracks;
  #localTracks = new Map<Source, WebviewLocalTrack>();
  /** Of the last exchange. */
  #codecProblems: LinkProblem[] = [];
  #problems: LinkProblem[] = [];

  constructor(
    private readonly options: LinkOptions & { isFirefox?: boolean },
    private demand: CameraDemand,
    audio: WebviewAudio,
    private readonly onShown: (height: number | null) => void,
    private readonly onClosed: () => void,
  ) {
    this.#polite = options.polite;
    this.#remoteTracks = new RemoteTracks(audio);
    const { events } = options;
    this.#link = new NegotiatedLink<MediaContent>({
      connection: "media",
      iceServers: options.iceServers,
      offerFirst: options.offerFirst,
      polite: options.polite,
      ...(options.isFirefox === undefined ? {} : { isFirefox: options.isFirefox }),
      newContent: (pc) => new MediaContent(pc, this.demand, this.#newChannel()),
      send: (signal) => options.send(signal),
      events: {
        status: (status, detail) => events.status(status, detail),
        made: (connection) => this.#setLocalTracks(connection),
        replaced: () => {
          this.#stats = new StatsSampler();
          this.#setCodecProblems([]);
          if (this.#remoteTracks.clear()) events.tracks([]);
        },
        applied: (connection) => this.#setCodecProblems(connection.problems),
        tracks: () => this.#updateRemoteTracks(),
        tick: (status) => {
          this.#remoteTracks.poll();
          this.#updateProblems();
          if (status === "connected") this.#content.transceivers.tick(Date.now());
        },
      },
    });
  }

  receive(signal: PeerSignal): void {
    this.#link.receive(signal);
  }

  setTrack(source: Source, track: LocalTrack | null): void {
    if (this.#link.closed || (track && !(track instanceof WebviewLocalTrack))) return;
    if (track) this.#localTracks.set(source, track);
    else this.#localTracks.delete(source);
    this.#content.transceivers.setTrack(source, track, this.#link.connection.started);
  }

  sendMessage(text: string): boolean {
    return !this.#link.closed && this.#content.channel.send(text);
  }

  setPolite(polite: boolean): void {
    this.#polite = polite;
    this.#link.setPolite(polite);
  }

  setIceServers(servers: LinkOptions["iceServers"]): void {
    this.#link.setIceServers(servers);
  }

  restartIce(): void {
    this.#link.restartIce();
  }

  /** The engine answers with `setDemand` to all links: they share one computer and one path. */
  setShownHeight(source: Source, height: number | null): void {
    if (source === "camera" && !this.#link.closed) this.onShown(height);
  }

  /** What each link may use changed. */
  setDemand(demand: CameraDemand): void {
    this.demand = demand;
    this.#content.transceivers.setDemand(demand);
  }

  stats(): Promise<LinkStats> {
    return this.#stats.sample(this.#link.connection.pc, (mid, direction) =>
      this.#content.transceivers.sourceOfMid(mid, direction),
    );
  }

  close(): void {
    if (!this.#link.close()) return;
    this.#remoteTracks.clear();
    this.onClosed();
    this.options.events.status("closed", "");
  }

  /** Of the connection in use. */
  get #content(): MediaContent {
    return this.#link.connection.content;
  }

  #setLocalTracks({ content, started }: Connection<MediaContent>): void {
    for (const source of SOURCES)
      content.transceivers.setTrack(source, this.#localTracks.get(source) ?? null, started);
  }

  #newChannel(): DataChannel {
    const inUse = () => !this.#link.closed && this.#content.channel === channel;
    const channel: DataChannel = new DataChannel(() => this.#polite, {
      open: () => {
        if (inUse()) this.options.events.open();
      },
      message: (text) => {
        if (inUse()) this.options.events.message(text);
      },
    });
    return channel;
  }

  #setCodecProblems(problems: LinkProblem[]): void {
    this.#codecProblems = problems;
    this.#updateProblems();
  }

  #updateProblems(): void {
    const hidden: LinkProblem[] = this.#link.addressesHidden ? ["hidden-addresses"] : [];
    const problems = [...hidden, ...this.#codecProblems];
    if (this.#link.closed || problems.join() === this.#problems.join()) return;
    this.#problems = problems;
    this.options.events.problems(problems);
  }

  #updateRemoteTracks(): void {
    if (this.#link.closed) return;
    if (this.#remoteTracks.update(this.#content.transceivers.receiving()))
      this.options.events.tracks(this.#remoteTracks.list());
  }
}
