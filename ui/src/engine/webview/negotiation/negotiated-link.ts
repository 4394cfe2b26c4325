/**
 * Keeps one connection between two participants: negotiates it, restarts ICE when its path is lost, and replaces the
 * RTCPeerConnection when the remote side has another. What the connection carries is up to `ConnectionContent`.
 */
import type { IceServer, PeerSignal } from "../../../protocol/generated";
import type { LinkStatus } from "../../types";
import { onOpenedDevice } from "../opened-devices";
import { Connection } from "./connection";
import type { ConnectionContent } from "./content";
import { ExchangeHistory } from "./exchange-history";
import { HeldOffers, IN_FIREFOX, isOfFirefox, mayBeDeclined, type OfferSignal } from "./firefox-offers";
import { HiddenAddresses } from "./hidden-addresses";
import { supportedIceServers } from "./ice-servers";
import { type Recovery, type RecoveryEvent, recover, startRecovery } from "./recovery";

/** How long a side that does not offer first waits for the remote offer: decision 0003. Milliseconds. */
export const OFFER_WAIT_MS = 500;
/**
 * Interval at which a pending offer is sent again until the link fails: the remote side may be too busy to answer,
 * or away from the server. Milliseconds.
 */
const RESEND_MS = 4_000;
const TICK_MS = 500;
/** The detail of a link whose remote side made a new RTCPeerConnection. */
const REMOTE_REPLACED = "the other side began again";
/** The detail of a link that began again once its addresses were no longer hidden. */
const ADDRESSES_SHOWN = "a device was opened, which shows addresses";
/** Most signals queued; more are dropped as a flood. */
const MAX_PENDING = 256;

export interface NegotiatedLinkOptions<Content extends ConnectionContent> {
  connection: "media" | "files";
  iceServers: readonly IceServer[];
  /** Offers at once; otherwise waits `OFFER_WAIT_MS` for the remote offer. */
  offerFirst: boolean;
  polite: boolean;
  /** For tests, which have two browsers in one page. */
  isFirefox?: boolean;
  newContent(pc: RTCPeerConnection): Content;
  send(signal: PeerSignal): void;
  events: NegotiatedLinkEvents<Content>;
}

export interface NegotiatedLinkEvents<Content extends ConnectionContent> {
  status(status: LinkStatus, detail: string): void;
  /** A connection was made that may replace the one in use. */
  made(connection: Connection<Content>): void;
  /** Another connection is in use. */
  replaced(): void;
  /** A description was applied to the connection in use. */
  applied(connection: Connection<Content>): void;
  /** The remote tracks of the connection in use may have changed. */
  tracks(): void;
  /** About twice a second. */
  tick(status: LinkStatus): void;
}

export class NegotiatedLink<Content extends ConnectionContent> {
  #iceServers: readonly IceServer[];
  #polite: boolean;
  readonly #isFirefox: boolean;
  #connection: Connection<Content>;
  #recovery: Recovery;
  readonly #history = new ExchangeHistory();
  /** The remote side has another RTCPeerConnection than the one that ours is connected to. */
  #remoteReplaced = false;
  readonly #held = new HeldOffers((offer, credentials) => this.#answerAfterAll(offer, credentials));
  /** The remote side does not know that Firefox offers. */
  #alwaysYields = false;
  #queue: Promise<void> = Promise.resolve();
  #pending = 0;
  #closed = false;
  readonly #hidden = new HiddenAddresses(Date.now());
  #unsubscribe: () => void;
  #ticker: ReturnType<typeof setInterval>;

  constructor(private readonly options: NegotiatedLinkOptions<Content>) {
    this.#iceServers = options.iceServers;
    this.#polite = options.polite;
    this.#isFirefox = options.isFirefox ?? IN_FIREFOX;
    this.#recovery = startRecovery(Date.now(), Math.random());
    this.#connection = this.#newConnection();
    this.#ticker = setInterval(() => this.#tick(), TICK_MS);
    options.events.status("connecting", "");
    // The caller sets the tracks right after construction; offering later makes it one offer instead of two.
    if (options.offerFirst) queueMicrotask(() => this.#connection.start());
    else setTimeout(() => this.#connection.start(), OFFER_WAIT_MS);
    addEventListener("online", this.#onOnline);
    this.#unsubscribe = onOpenedDevice(() => {
      this.#hidden.onDeviceOpened();
      this.#checkAddresses();
    });
  }

  /** The one in use. */
  get connection(): Connection<Content> {
    return this.#connection;
  }

  get polite(): boolean {
    return this.#polite;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** It does not work because both sides hide their addresses, and the names in their place were not resolved. */
  get addressesHidden(): boolean {
    return this.#hidden.explained;
  }

  receive(signal: PeerSignal): void {
    if (this.#closed || signal.connection !== this.options.connection || this.#pending >= MAX_PENDING) return;
    this.#pending += 1;
    this.#queue = this.#queue.then(async () => {
      this.#pending -= 1;
      if (this.#closed) return;
      if ("description" in signal && signal.description.type === "offer" && !this.#ignores(signal)) {
        const another = this.#connection.remote.isOfAnotherSession(signal.description.sdp);
        if (this.#offersInstead(signal, another)) return;
        // The remote side retried, or was restarted unnoticed: only a new RTCPeerConnection can answer.
        if (another) return this.#receiveWithNewConnection(signal);
        // Before anything works, there is nothing to lose.
        if (this.#crossesFirstOffer(signal)) this.#replaceConnection();
      }
      await this.#connection.receive(signal);
    });
  }

  setPolite(polite: boolean): void {
    this.#polite = polite;
  }

  setIceServers(servers: readonly IceServer[]): void {
    this.#iceServers = servers;
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

  /** False if it was closed before. */
  close(): boolean {
    if (this.#closed) return false;
    this.#closed = true;
    clearInterval(this.#ticker);
    removeEventListener("online", this.#onOnline);
    this.#unsubscribe();
    this.#held.close();
    this.#connection.close();
    return true;
  }

  #onOnline = (): void => {
    if (this.#recovery.status !== "connected") this.#dispatch({ type: "restart" });
  };

  /**
   * The impolite side ignores an offer that crosses its own, whatever connections the two are of: two sides that both
   * replace their connection for the other's offer would never end.
   */
  #ignores(offer: OfferSignal): boolean {
    return this.#connection.offering && !this.#yieldsTo(offer.description.sdp);
  }

  /** A pending offer of this side is given up for this one. */
  #yieldsTo(sdp: string): boolean {
    if (this.#polite || this.#alwaysYields) return true;
    const { awaitingFirstAnswer, iceRestartPending } = this.#connection;
    return !this.#isFirefox && isOfFirefox(sdp) && (awaitingFirstAnswer || iceRestartPending);
  }

  /**
   * The first local offer, which may not have been sent yet, could be rolled back, but the transceivers would remain, and
   * even when stopped Chromium sometimes negotiates for them in an endless loop and then never sends a candidate.
   */
  #crossesFirstOffer(offer: OfferSignal): boolean {
    const { awaitingNegotiationNeeded, awaitingFirstAnswer } = this.#connection;
    return awaitingNegotiationNeeded || (awaitingFirstAnswer && this.#yieldsTo(offer.description.sdp));
  }

  /** `another`: of another connection than the one that ours is connected to. */
  #offersInstead(offer: OfferSignal, another: boolean): boolean {
    if (!this.#isFirefox || this.#alwaysYields || !mayBeDeclined(offer)) return false;
    const { connection } = this;
    if (this.#held.has(offer)) {
      connection.resendOffer(RESEND_MS);
      return true;
    }
    if (another) this.#offerAgain(REMOTE_REPLACED);
    else if (connection.remoteUfrag === null) connection.start();
    else if (connection.restartsIce(offer.description.sdp)) connection.restartIce();
    else return false;
    this.#held.add(offer, this.#connection.remoteUfrag);
    return true;
  }

  #answerAfterAll(offer: OfferSignal, ufrag: string | null): void {
    if (this.#closed || this.#connection.remoteUfrag !== ufrag) return;
    this.#alwaysYields = true;
    this.receive(offer);
  }

  /** Replaces the RTCPeerConnection by one that answers this offer, and only if it can. */
  async #receiveWithNewConnection(signal: PeerSignal): Promise<void> {
    const connection = this.#newConnection();
    const applied = await connection.receive(signal);
    if (this.#closed || !applied) {
      connection.close();
      return;
    }
    this.#switchTo(connection, REMOTE_REPLACED);
    // The status may have made the caller close this link.
    if (this.#closed) return;
    // What it carries may have changed while the offer was applied.
    this.options.events.made(connection);
    this.#dispatch({ type: "answered", restarted: false });
    this.options.events.applied(connection);
    this.options.events.tracks();
  }

  /** With one that offers nothing yet. */
  #replaceConnection(detail = ""): void {
    this.#switchTo(this.#newConnection(), detail);
  }

  /** Closes the connection in use for this one. */
  #switchTo(connection: Connection<Content>, detail: string): void {
    this.#connection.close();
    this.#connection = connection;
    this.#hidden.onConnectionMade(Date.now());
    this.#remoteReplaced = false;
    const before = this.#recovery;
    this.#recovery = { ...startRecovery(Date.now(), Math.random()), detail };
    this.options.events.replaced();
    this.#reportStatus(before);
  }

  /** Offers with a new connection, if the remote side has replaced its own and nothing works any more. */
  #replaceIfUseless(): void {
    if (this.#closed || !this.#remoteReplaced || this.#recovery.status === "connected") return;
    this.#offerAgain(REMOTE_REPLACED);
  }

  #checkAddresses(): void {
    if (this.#closed) return;
    if (this.#hidden.check(this.#recovery.status, this.#connection.addresses, Date.now()))
      this.#offerAgain(ADDRESSES_SHOWN);
  }

  /** With a new connection. */
  #offerAgain(detail: string): void {
    this.#replaceConnection(detail);
    // A pending remote offer that the old connection answered is to be answered by this one.
    this.#history.forgetOffers();
    this.#connection.start();
  }

  #newConnection(): Connection<Content> {
    const { events } = this.options;
    const inUse = () => this.#connection === connection;
    const connection: Connection<Content> = new Connection(
      this.#iceServers,
      (pc) => this.options.newContent(pc),
      (sdp) => this.#yieldsTo(sdp),
      this.#history,
      Date.now,
      {
        send: (signal) => this.options.send(signal),
        descriptionApplied: (iceRestarted) => {
          if (!inUse()) return;
          this.#remoteReplaced = false;
          this.#dispatch({ type: "answered", restarted: iceRestarted });
          if (!this.#closed) events.applied(connection);
        },
        tracks: () => {
          if (inUse() && !this.#closed) events.tracks();
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
    events.made(connection);
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
    if (status !== before.status || detail !== before.detail) this.options.events.status(status, detail);
  }

  #tick(): void {
    this.#dispatch({ type: "tick" });
    this.#checkAddresses();
    if (this.#recovery.status !== "failed") {
      this.#connection.resendOffer(RESEND_MS);
      this.#connection.tick();
    }
    this.options.events.tick(this.#recovery.status);
  }
}
