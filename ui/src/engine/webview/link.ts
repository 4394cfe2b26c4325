import type { PeerSignal } from "../../protocol/generated";
import type { Link, LinkOptions, LinkProblem, LinkStats, LocalTrack, RemoteTrack, Source } from "../types";
import { Channel } from "./channel";
import { Connection } from "./connection";
import { WebviewTrack } from "./local-track";
import { type Recovery, type RecoveryEvent, recover, startRecovery } from "./recovery";
import { IncomingTrack } from "./remote-track";
import { sessionOf } from "./sdp";
import type { Sound } from "./sound";
import { StatsSampler } from "./stats";

/** How long a side that does not offer first waits for the other's offer: decision 0003. Milliseconds. */
export const OFFER_WAIT_MS = 500;
/**
 * An unanswered offer is sent again this often, for as long as the link is not given up: whoever does not answer now may
 * be too busy to, or away from the server. Milliseconds.
 */
const RESEND_MS = 4_000;
const TICK_MS = 500;
/** Signals not yet worked off; a flood beyond that is not a negotiation. */
const MAX_PENDING = 256;

/** A link over RTCPeerConnection: the connection, what keeps it alive, and what flows over it. */
export class WebviewLink implements Link {
  #options: LinkOptions;
  #polite: boolean;
  #connection: Connection;
  #channel: Channel;
  #recovery: Recovery;
  #stats: StatsSampler;
  #incoming = new Map<RTCRtpReceiver, IncomingTrack>();
  #outgoing = new Map<Source, WebviewTrack>();
  #queue: Promise<void> = Promise.resolve();
  #pending = 0;
  #closed = false;
  #problems: LinkProblem[] = [];
  #ticker: ReturnType<typeof setInterval>;

  constructor(
    options: LinkOptions,
    private links: number,
    private readonly sound: Sound,
    private readonly onClosed: () => void,
  ) {
    this.#options = options;
    this.#polite = options.polite;
    this.#recovery = startRecovery(Date.now(), Math.random());
    this.#channel = this.#newChannel();
    this.#connection = this.#newConnection();
    this.#stats = new StatsSampler();
    this.#ticker = setInterval(() => this.#tick(), TICK_MS);
    options.events.status("connecting", "");
    // The tracks to send are handed over right after construction: one offer, not two.
    if (options.offerFirst) queueMicrotask(() => this.#connection.begin());
    else setTimeout(() => this.#connection.begin(), OFFER_WAIT_MS);
    addEventListener("online", this.#online);
  }

  receive(signal: PeerSignal): void {
    if (this.#closed || signal.connection !== "media" || this.#pending >= MAX_PENDING) return;
    this.#pending += 1;
    this.#queue = this.#queue.then(async () => {
      this.#pending -= 1;
      if (this.#closed) return;
      if ("description" in signal && signal.description.type === "offer")
        this.#makeWayFor(signal.description.sdp);
      await this.#connection.receive(signal);
    });
  }

  setTrack(source: Source, track: LocalTrack | null): void {
    if (this.#closed || (track && !(track instanceof WebviewTrack))) return;
    if (track) this.#outgoing.set(source, track);
    else this.#outgoing.delete(source);
    this.#connection.sections.setTrack(source, track, this.#connection.begun);
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
        iceServers: servers as RTCIceServer[],
      });
    } catch {
      // The old servers stay in use; they were good enough to connect with.
    }
  }

  restartIce(): void {
    this.#step({ type: "restart" });
  }

  /** The mesh changed size: less for each. */
  setLinks(links: number): void {
    this.links = links;
    this.#connection.sections.setLinks(links);
  }

  stats(): Promise<LinkStats> {
    return this.#stats.sample(this.#connection.pc, (mid, direction) =>
      this.#connection.sections.sourceOfMid(mid, direction),
    );
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#ticker);
    removeEventListener("online", this.#online);
    this.#connection.close();
    for (const track of this.#incoming.values()) track.close();
    this.#incoming.clear();
    this.onClosed();
    this.#options.events.status("closed", "");
  }

  #online = (): void => {
    if (this.#recovery.status !== "connected") this.#step({ type: "restart" });
  };

  /**
   * Offers that only a new RTCPeerConnection can answer:
   * - One out of another RTCPeerConnection than the one we are connected to: the other side began again (its
   *   retry button, a crash we have not noticed).
   * - One that crossed our first, which may not even be out yet. It could be rolled back, but the transceivers of the
   *   rollback stay: stopped or not, Chromium takes them for a reason to negotiate, now and then for ever, and then
   *   never sends a candidate.
   */
  #makeWayFor(sdp: string): void {
    const known = this.#connection.remoteSession;
    const offered = sessionOf(sdp);
    if (known !== null && offered !== null && known !== offered) {
      this.#beginAgain();
      this.#options.events.status("connecting", "the other side began again");
      this.#options.events.tracks([]);
    } else if (this.#connection.unsaid || (this.#connection.opening && this.#polite)) this.#beginAgain();
  }

  #beginAgain(): void {
    this.#connection.close();
    for (const track of this.#incoming.values()) track.close();
    this.#incoming.clear();
    this.#stats = new StatsSampler();
    this.#channel = this.#newChannel();
    this.#connection = this.#newConnection();
    this.#tellProblems([]);
    for (const [source, track] of this.#outgoing) this.#connection.sections.setTrack(source, track, false);
    this.#recovery = startRecovery(Date.now(), Math.random());
  }

  #newChannel(): Channel {
    const channel: Channel = new Channel(() => this.#polite, {
      open: () => {
        if (this.#channel === channel) this.#options.events.open();
      },
      message: (text) => {
        if (this.#channel === channel && !this.#closed) this.#options.events.message(text);
      },
    });
    return channel;
  }

  #newConnection(): Connection {
    return new Connection(this.#options.iceServers, this.links, () => this.#polite, this.#channel, Date.now, {
      send: (signal) => this.#options.send(signal),
      described: (restarted) => {
        this.#step({ type: "answered", restarted });
        this.#tellProblems(this.#connection.problems);
      },
      tracks: () => this.#collectTracks(),
      transport: (state) => this.#step({ type: "transport", state }),
      broken: (detail) => this.#step({ type: "broken", detail }),
    });
  }

  #step(event: RecoveryEvent): void {
    if (this.#closed) return;
    const before = this.#recovery;
    const { state, restart } = recover(before, event, Date.now(), this.#polite);
    this.#recovery = state;
    if (state.status !== before.status || state.detail !== before.detail) {
      this.#options.events.status(state.status, state.detail);
    }
    if (restart) this.#connection.restartIce();
  }

  #tellProblems(problems: LinkProblem[]): void {
    if (this.#closed || problems.join() === this.#problems.join()) return;
    this.#problems = problems;
    this.#options.events.problems(problems);
  }

  #tick(): void {
    this.#step({ type: "tick" });
    if (this.#recovery.status !== "failed") this.#connection.resendOffer(RESEND_MS);
    for (const track of this.#incoming.values()) track.poll();
    if (this.#recovery.status === "connected") this.#connection.sections.tick(Date.now());
  }

  #collectTracks(): void {
    if (this.#closed) return;
    const now = this.#connection.sections.incoming();
    const before = [...this.#incoming.keys()];
    for (const [receiver, track] of this.#incoming) {
      if (!now.some((entry) => entry.receiver === receiver && entry.source === track.source)) {
        track.close();
        this.#incoming.delete(receiver);
      }
    }
    for (const { receiver, source } of now) {
      if (!this.#incoming.has(receiver))
        this.#incoming.set(receiver, new IncomingTrack(source, receiver, this.sound));
    }
    const after = [...this.#incoming.keys()];
    if (before.length === after.length && before.every((receiver, index) => receiver === after[index]))
      return;
    const tracks: RemoteTrack[] = [...this.#incoming.values()];
    this.#options.events.tracks(tracks);
  }
}
