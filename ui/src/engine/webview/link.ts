import type { PeerSignal } from "../../protocol/generated";
import type { Link, LinkOptions, LinkProblem, LinkStats, LocalTrack, Source } from "../types";
import type { WebviewAudio } from "./media/audio";
import { WebviewLocalTrack } from "./media/local-track";
import { RemoteTracks } from "./media/remote-tracks";
import { Connection } from "./negotiation/connection";
import { DataChannel } from "./negotiation/data-channel";
import { ExchangeHistory } from "./negotiation/exchange-history";
import { supportedIceServers } from "./negotiation/ice-servers";
import { type Recovery, type RecoveryEvent, recover, startRecovery } from "./negotiation/recovery";
import { StatsSampler } from "./quality/stats";

/** How long a side that does not offer first waits for the remote offer: decision 0003. Milliseconds. */
export const OFFER_WAIT_MS = 500;
/**
 * Interval at which a pending offer is sent again until the link fails: the remote side may be too busy to answer,
 * or away from the server. Milliseconds.
 */
const RESEND_MS = 4_000;
const TICK_MS = 500;
const SOURCES: readonly Source[] = ["microphone", "camera", "screen", "screen-audio"];
/** The detail of a link whose remote side made a new RTCPeerConnection. */
const REMOTE_REPLACED = "the other side began again";
/** Most signals queued; more are dropped as a flood. */
const MAX_PENDING = 256;

/** A link over RTCPeerConnection: the connection, its recovery, and the tracks and messages on it. */
export class WebviewLink implements Link {
  #options: LinkOptions;
  #polite: boolean;
  #connection: Connection;
  #channel: DataChannel;
  #recovery: Recovery;
  readonly #history = new ExchangeHistory();
  /** The remote side has another RTCPeerConnection than the one that ours is connected to. */
  #remoteReplaced = false;
  #stats: StatsSampler;
  #remoteTracks: RemoteTracks;
  #localTracks = new Map<Source, WebviewLocalTrack>();
  #queue: Promise<void> = Promise.resolve();
  #pending = 0;
  #closed = false;
  #problems: LinkProblem[] = [];
  #ticker: ReturnType<typeof setInterval>;

  constructor(
    options: LinkOptions,
    private links: number,
    audio: WebviewAudio,
    private readonly onClosed: () => void,
  ) {
    this.#options = options;
    this.#polite = options.polite;
    this.#recovery = startRecovery(Date.now(), Math.random());
    this.#channel = this.#newChannel();
    this.#connection = this.#newConnection(this.#channel);
    this.#stats = new StatsSampler();
    this.#remoteTracks = new RemoteTracks(audio);
    this.#ticker = setInterval(() => this.#tick(), TICK_MS);
    options.events.status("connecting", "");
    // The caller sets the tracks right after construction; offering later makes it one offer instead of two.
    if (options.offerFirst) queueMicrotask(() => this.#connection.start());
    else setTimeout(() => this.#connection.start(), OFFER_WAIT_MS);
    addEventListener("online", this.#onOnline);
  }

  receive(signal: PeerSignal): void {
    if (this.#closed || signal.connection !== "media" || this.#pending >= MAX_PENDING) return;
    this.#pending += 1;
    this.#queue = this.#queue.then(async () => {
      this.#pending -= 1;
      if (this.#closed) return;
      if ("description" in signal && signal.description.type === "offer" && !this.#ignoresOffers) {
        // The remote side retried, or was restarted unnoticed: only a new RTCPeerConnection can answer.
        if (this.#connection.remote.isOfAnotherSession(signal.description.sdp))
          return this.#receiveWithNewConnection(signal);
        // Before anything works, there is nothing to lose.
        if (this.#crossesFirstOffer) this.#replaceConnection();
      }
      await this.#connection.receive(signal);
    });
  }

  setTrack(source: Source, track: LocalTrack | null): void {
    if (this.#closed || (track && !(track instanceof WebviewLocalTrack))) return;
    if (track) this.#localTracks.set(source, track);
    else this.#localTracks.delete(source);
    this.#connection.transceivers.setTrack(source, track, this.#connection.started);
  }

  sendMessage(text: string): boolean {
    return !this.#closed && this.#channel.send(text);
  }

  setPolite(polite: boolean): void {
    this.#polite = polite;
  }

  setIceServers(servers: LinkOptions["iceServers"]): void {
    this.#options = { ...this.#options, iceServers: servers };
    try {
      this.#connection.pc.setConfiguration({
        ...this.#connection.pc.getConfiguration(),
        iceServers: supportedIceServers(servers),
      });
    } catch {
      // The previous servers stay in use.
    }
  }

  restartIce(): void {
    this.#dispatch({ type: "restart" });
  }

  /** The number of links of the call changed, and with it the bitrate each may use. */
  setLinks(links: number): void {
    this.links = links;
    this.#connection.transceivers.setLinks(links);
  }

  stats(): Promise<LinkStats> {
    return this.#stats.sample(this.#connection.pc, (mid, direction) =>
      this.#connection.transceivers.sourceOfMid(mid, direction),
    );
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#ticker);
    removeEventListener("online", this.#onOnline);
    this.#connection.close();
    this.#remoteTracks.clear();
    this.onClosed();
    this.#options.events.status("closed", "");
  }

  #onOnline = (): void => {
    if (this.#recovery.status !== "connected") this.#dispatch({ type: "restart" });
  };

  /**
   * The impolite side ignores an offer that crosses its own, whatever connections the two are of: two sides that both
   * replace their connection for the other's offer would never end.
   */
  get #ignoresOffers(): boolean {
    return this.#connection.offering && !this.#polite;
  }

  /**
   * The first local offer, which may not have been sent yet, could be rolled back, but the transceivers would remain, and
   * even when stopped Chromium sometimes negotiates for them in an endless loop and then never sends a candidate.
   */
  get #crossesFirstOffer(): boolean {
    const { awaitingNegotiationNeeded, awaitingFirstAnswer } = this.#connection;
    return awaitingNegotiationNeeded || (awaitingFirstAnswer && this.#polite);
  }

  /** Replaces the RTCPeerConnection by one that answers this offer, and only if it can. */
  async #receiveWithNewConnection(signal: PeerSignal): Promise<void> {
    const channel = this.#newChannel();
    const connection = this.#newConnection(channel);
    this.#setLocalTracks(connection);
    const applied = await connection.receive(signal);
    if (this.#closed || !applied) {
      connection.close();
      return;
    }
    this.#switchTo(connection, channel, REMOTE_REPLACED);
    // The status may have made the call close this link.
    if (this.#closed) return;
    // Tracks may have changed while the offer was applied.
    this.#setLocalTracks(connection);
    this.#dispatch({ type: "answered", restarted: false });
    this.#setProblems(connection.problems);
    this.#updateRemoteTracks();
  }

  /** With one that offers nothing yet. */
  #replaceConnection(detail = ""): void {
    const channel = this.#newChannel();
    const connection = this.#newConnection(channel);
    this.#setLocalTracks(connection);
    this.#switchTo(connection, channel, detail);
  }

  /** Closes the connection in use for this one. */
  #switchTo(connection: Connection, channel: DataChannel, detail: string): void {
    this.#connection.close();
    this.#connection = connection;
    this.#channel = channel;
    this.#remoteReplaced = false;
    const hadTracks = this.#remoteTracks.clear();
    this.#stats = new StatsSampler();
    this.#setProblems([]);
    const before = this.#recovery;
    this.#recovery = { ...startRecovery(Date.now(), Math.random()), detail };
    this.#reportStatus(before);
    if (hadTracks) this.#options.events.tracks([]);
  }

  #setLocalTracks(connection: Connection): void {
    for (const source of SOURCES)
      connection.transceivers.setTrack(source, this.#localTracks.get(source) ?? null, connection.started);
  }

  /** Offers with a new connection, if the remote side has replaced its own and nothing works any more. */
  #replaceIfUseless(): void {
    if (this.#closed || !this.#remoteReplaced || this.#recovery.status === "connected") return;
    this.#replaceConnection(REMOTE_REPLACED);
    // A pending remote offer that the old connection answered is to be answered by this one.
    this.#history.forgetOffers();
    this.#connection.start();
  }

  #newChannel(): DataChannel {
    const channel: DataChannel = new DataChannel(() => this.#polite, {
      open: () => {
        if (this.#channel === channel) this.#options.events.open();
      },
      message: (text) => {
        if (this.#channel === channel && !this.#closed) this.#options.events.message(text);
      },
    });
    return channel;
  }

  #newConnection(channel: DataChannel): Connection {
    const inUse = () => this.#connection === connection;
    const connection: Connection = new Connection(
      this.#options.iceServers,
      this.links,
      () => this.#polite,
      channel,
      this.#history,
      Date.now,
      {
        send: (signal) => this.#options.send(signal),
        descriptionApplied: (iceRestarted) => {
          if (!inUse()) return;
          this.#remoteReplaced = false;
          this.#dispatch({ type: "answered", restarted: iceRestarted });
          this.#setProblems(connection.problems);
        },
        tracks: () => {
          if (inUse()) this.#updateRemoteTracks();
        },
        connectionState: (state) => {
          if (inUse()) this.#dispatch({ type: "transport", state });
        },
        negotiationFailed: (detail) => this.#dispatch({ type: "broken", detail }),
        remoteReplaced: () => {
          this.#remoteReplaced = true;
          this.#replaceIfUseless();
        },
      },
    );
    return connection;
  }

  #dispatch(event: RecoveryEvent): void {
    if (this.#closed) return;
    const before = this.#recovery;
    const { state, restart } = recover(before, event, Date.now(), this.#polite);
    this.#recovery = state;
    this.#reportStatus(before);
    if (restart) this.#connection.restartIce();
    this.#replaceIfUseless();
  }

  #reportStatus(before: Recovery): void {
    const { status, detail } = this.#recovery;
    if (status !== before.status || detail !== before.detail) this.#options.events.status(status, detail);
  }

  #setProblems(problems: LinkProblem[]): void {
    if (this.#closed || problems.join() === this.#problems.join()) return;
    this.#problems = problems;
    this.#options.events.problems(problems);
  }

  #tick(): void {
    this.#dispatch({ type: "tick" });
    if (this.#recovery.status !== "failed") {
      this.#connection.resendOffer(RESEND_MS);
      this.#connection.tick();
    }
    this.#remoteTracks.poll();
    if (this.#recovery.status === "connected") this.#connection.transceivers.tick(Date.now());
  }

  #updateRemoteTracks(): void {
    if (this.#closed) return;
    if (this.#remoteTracks.update(this.#connection.transceivers.receiving()))
      this.#options.events.tracks(this.#remoteTracks.list());
  }
}
