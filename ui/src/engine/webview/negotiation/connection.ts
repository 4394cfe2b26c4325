/**
 * One RTCPeerConnection and its negotiation: W3C "perfect negotiation" (WebRTC §10.7) with trickle ICE.
 *
 * Inputs:
 * - from the remote side: a description or a candidate, in the order they were sent (`receive`)
 * - from the browser: `negotiationneeded`, candidates, tracks, channels, connection states
 * - from the link: tracks to send, an ICE restart, a resend
 *
 * The link calls `receive` for one signal at a time. `negotiationneeded` may fire between any two steps of it, which is
 * why `makingOffer` exists.
 */
import type { IceServer, PeerSignal } from "../../../protocol/generated";
import type { LinkProblem } from "../../types";
import { CandidateAddresses } from "./candidate-addresses";
import type { ConnectionContent, Tracks } from "./content";
import { keepDtlsRoles } from "./dtls-roles";
import { type ExchangeHistory, identityOf } from "./exchange-history";
import { supportedIceServers } from "./ice-servers";
import { LocalCandidates } from "./local-candidates";
import { setLocalAnswer, setLocalOffer } from "./local-description";
import { PendingOffer } from "./pending-offer";
import { setProvisionalAnswer } from "./provisional-answer";
import { linkProblems, type RejectedSections, rejectedSections } from "./rejected-sections";
import { RemoteCandidates } from "./remote-candidates";
import { RemoteIdentity } from "./remote-identity";
import { iceUfrag } from "./sdp";

/** Minimum time between two transmissions of the same offer, or before another attempt, in milliseconds. */
const MIN_RESEND_MS = 1_000;

export interface ConnectionEvents {
  send(signal: PeerSignal): void;
  /** A remote description was applied; `iceRestarted`: this exchange restarts ICE. */
  descriptionApplied(iceRestarted: boolean): void;
  /** The remote tracks may have changed. */
  tracks(): void;
  connectionState(state: RTCPeerConnectionState): void;
  /** A description could not be made or applied. */
  negotiationFailed(detail: string): void;
  /** An answer came from another RTCPeerConnection than the one that this one is connected to. */
  remoteReplaced(): void;
}

export class Connection<Content extends ConnectionContent> {
  readonly pc: RTCPeerConnection;
  readonly content: Content;
  readonly remote = new RemoteIdentity();
  readonly addresses = new CandidateAddresses();
  #makingOffer = false;
  #started = false;
  /** The remote side's first offer is being applied, which creates the transceivers of this side too. */
  #applyingFirstOffer = false;
  #closed = false;
  /** The remote offer that was answered last. */
  #answeredOffer: { identity: string; offerId: string | undefined } | null = null;
  #remoteCandidates = new RemoteCandidates();
  #localCandidates: LocalCandidates;
  #pendingOffer: PendingOffer;
  /** When to offer although the browser sees no need: the remote side has a description in force that this one gave up. */
  #offerAgainAt: number | null = null;
  #rejected: RejectedSections = new Map();

  constructor(
    iceServers: readonly IceServer[],
    newContent: (pc: RTCPeerConnection) => Content,
    /** The pending offer is given up for this one. */
    private readonly yieldsTo: (sdp: string) => boolean,
    private readonly history: ExchangeHistory,
    /** Milliseconds. */
    private readonly now: () => number,
    private readonly events: ConnectionEvents,
  ) {
    this.pc = new RTCPeerConnection({
      iceServers: supportedIceServers(iceServers),
      bundlePolicy: "max-bundle",
    });
    this.content = newContent(this.pc);
    this.#pendingOffer = new PendingOffer(history);
    this.pc.onnegotiationneeded = () => void this.#negotiate();
    this.#localCandidates = new LocalCandidates(this.content.connection, events.send);
    this.pc.onicecandidate = ({ candidate }) => {
      this.addresses.onLocal(candidate?.candidate ?? "");
      this.#localCandidates.onCandidate(candidate);
    };
    this.pc.onconnectionstatechange = () => {
      if (!this.#closed) events.connectionState(this.pc.connectionState);
    };
    this.pc.ontrack = () => events.tracks();
    this.pc.ondatachannel = (event) => this.content.onRemoteChannel(event.channel);
  }

  /** The kinds of media that the last exchange left without a common codec. */
  get problems(): LinkProblem[] {
    return linkProblems(this.#rejected);
  }

  /** This side has offered or answered, or is about to. */
  get started(): boolean {
    return this.#started;
  }

  /** A local offer is being made or was sent: a remote offer crosses it. */
  get offering(): boolean {
    return this.#makingOffer || this.pc.signalingState === "have-local-offer";
  }

  /** {@link offering}, and no remote description has been applied. */
  get awaitingFirstAnswer(): boolean {
    return this.pc.remoteDescription === null && this.offering;
  }

  /** The pending local offer restarts ICE. */
  get iceRestartPending(): boolean {
    const { pendingLocalDescription: pending, currentLocalDescription: current } = this.pc;
    return pending?.type === "offer" && current !== null && iceUfrag(pending.sdp) !== iceUfrag(current.sdp);
  }

  /** ICE credentials of the remote side in force: those of the last exchange. */
  get remoteUfrag(): string | null {
    return iceUfrag(this.pc.currentRemoteDescription?.sdp ?? "");
  }

  /** A description of this connection has other ICE credentials than those in force. */
  restartsIce(sdp: string): boolean {
    return this.remoteUfrag !== null && this.remoteUfrag !== iceUfrag(sdp);
  }

  /** Started, but the first `negotiationneeded` has not fired: there are transceivers without an offer. */
  get awaitingNegotiationNeeded(): boolean {
    const { remoteDescription, signalingState } = this.pc;
    return this.#started && remoteDescription === null && !this.#makingOffer && signalingState === "stable";
  }

  /**
   * Adds what the first offer describes; the browser then fires `negotiationneeded`. Does nothing while the first remote offer is being applied, which takes seconds on a busy
   * computer: transceivers added meanwhile would be stopped once the offered ones are used, and Chromium then
   * negotiates in an endless loop, tens of times a second.
   */
  start(): void {
    if (this.#started || this.#closed || this.#applyingFirstOffer) return;
    this.#started = true;
    this.content.addInitial();
  }

  /**
   * Sends a pending offer again if the last transmission is at least `after` milliseconds old: it may have been lost
   * with the signaling socket.
   */
  resendOffer(after: number): void {
    const { localDescription, signalingState } = this.pc;
    if (signalingState !== "have-local-offer" || localDescription?.type !== "offer") return;
    if (!this.#pendingOffer.isOlderThan(after, this.now())) return;
    this.#sendDescription(localDescription);
  }

  /** Called at least once a second. */
  tick(): void {
    const due = this.#offerAgainAt !== null && this.now() >= this.#offerAgainAt;
    if (due && !this.#makingOffer && this.pc.signalingState === "stable") void this.#negotiate();
  }

  restartIce(): void {
    if (this.#closed) return;
    // A second restart would discard the checks of the one that is pending. Any other pending offer blocks
    // `negotiationneeded`, so it is sent again in case it was lost.
    if (!this.iceRestartPending) this.pc.restartIce();
    this.resendOffer(MIN_RESEND_MS);
  }

  /** True if a description took effect; where it could not, {@link ConnectionEvents.negotiationFailed} has the reason. */
  async receive(signal: PeerSignal): Promise<boolean> {
    if (this.#closed) return false;
    try {
      if ("description" in signal) return await this.#receiveDescription(signal);
      this.addresses.onRemote(signal.candidate?.candidate ?? "");
      if (this.#remoteCandidates.accept(signal.candidate)) await this.#addCandidate(signal.candidate);
      return false;
    } catch (error) {
      if (!this.#closed) this.events.negotiationFailed(`negotiation: ${errorText(error)}`);
      return false;
    }
  }

  close(): void {
    this.#closed = true;
    this.pc.onnegotiationneeded = null;
    this.pc.onicecandidate = null;
    this.pc.onconnectionstatechange = null;
    this.pc.ontrack = null;
    this.pc.ondatachannel = null;
    this.pc.close();
  }

  async #negotiate(): Promise<void> {
    if (!this.#started || this.#closed) return;
    try {
      this.#makingOffer = true;
      this.#offerAgainAt = null;
      await setLocalOffer(this.pc, this.content);
      // A remote offer may have rolled this one back before the await returned.
      if (this.pc.localDescription?.type === "offer") {
        this.#pendingOffer.start(this.now());
        this.#sendDescription(this.pc.localDescription);
      }
    } catch (error) {
      if (!this.#closed) this.events.negotiationFailed(`offer: ${errorText(error)}`);
    } finally {
      this.#makingOffer = false;
    }
  }

  async #receiveDescription({ description, tracks, offerId }: DescriptionSignal): Promise<boolean> {
    const sdp = description.sdp ?? "";
    const identity = identityOf(sdp, offerId);
    if (description.type === "answer") {
      const answer = { identity, offerId, hasNewCredentials: iceUfrag(sdp) !== this.remoteUfrag };
      const offering = this.pc.signalingState === "have-local-offer";
      if (!offering || !this.#pendingOffer.awaits(answer, this.iceRestartPending, this.now())) {
        // The remote side applied a late copy of that offer, and not what was agreed on since: offer it again.
        const givenUp = offerId !== this.#pendingOffer.offerId && this.#pendingOffer.wasGivenUp(answer);
        if (givenUp) this.#offerAgainAt = this.now() + MIN_RESEND_MS;
        return false;
      }
      if (this.remote.isOfAnotherConnection(sdp)) {
        this.events.remoteReplaced();
        return false;
      }
    } else {
      if (this.#resendAnswer(identity)) return false;
      // A late copy of an older offer.
      if (this.history.hasOffer(identity)) return false;
      const collision = this.#makingOffer || this.pc.signalingState !== "stable";
      if (collision && !this.yieldsTo(sdp)) {
        // The two offers crossed, or the local one was lost with a signaling socket.
        this.resendOffer(MIN_RESEND_MS);
        return false;
      }
    }
    await this.#applyDescription(description, tracks, identity, offerId);
    return true;
  }

  async #applyDescription(
    description: RTCSessionDescriptionInit,
    tracks: Tracks,
    identity: string,
    offerId: string | undefined,
  ): Promise<void> {
    const { pc } = this;
    const sdp = description.sdp ?? "";
    const restarts = this.restartsIce(sdp);
    this.#applyingFirstOffer = description.type === "offer" && !this.#started;
    try {
      // Rolls a pending local offer back (implicit rollback, RFC 8829 §4.1.10.2).
      const limited = this.#remoteCandidates.limit(sdp);
      await pc.setRemoteDescription({ ...description, sdp: keepDtlsRoles(pc, description.type, limited) });
    } catch (error) {
      // An invalid first offer does not prevent an offer from this side.
      if (this.#applyingFirstOffer) {
        this.#applyingFirstOffer = false;
        this.start();
      }
      throw error;
    }
    this.#applyingFirstOffer = false;
    this.remote.onDescription(sdp);
    this.addresses.onRemoteDescription(sdp);
    this.#answeredOffer = null;
    this.content.onRemoteDescription(sdp, tracks);
    if (description.type === "offer") {
      this.#started = true;
      this.#pendingOffer.rollBack();
      this.history.addOffer(identity);
      await this.#answer({ identity, offerId }, this.content.prepareAnswer());
      this.content.addMissing();
    } else this.#pendingOffer.onAnswered(identity, this.now());
    const [offer, answer] =
      description.type === "offer"
        ? [pc.currentRemoteDescription, pc.currentLocalDescription]
        : [pc.currentLocalDescription, pc.currentRemoteDescription];
    this.#rejected = rejectedSections(this.#rejected, offer?.sdp ?? "", answer?.sdp ?? "");
    this.content.onExchanged();
    for (const candidate of this.#remoteCandidates.onDescription(sdp)) await this.#addCandidate(candidate);
    this.events.descriptionApplied(restarts);
    this.events.tracks();
  }

  /** `newlySending`: the answer starts to send in sections that the offer created. */
  async #answer(
    offer: { identity: string; offerId: string | undefined },
    newlySending: boolean,
  ): Promise<void> {
    const { pc } = this;
    this.#localCandidates.hold();
    try {
      if (newlySending) await setProvisionalAnswer(pc);
      await setLocalAnswer(pc, this.content);
      if (pc.localDescription) {
        this.#answeredOffer = offer;
        this.#sendDescription(pc.localDescription);
      }
    } finally {
      this.#localCandidates.flush();
    }
  }

  /**
   * An answered offer may arrive again: it crossed the answer, or the answer was lost. Applying it again would roll back
   * a newer local offer, so only the answer is sent again. False if this offer is not the one answered last.
   */
  #resendAnswer(identity: string): boolean {
    const answer = this.pc.currentLocalDescription;
    if (answer?.type !== "answer" || this.#answeredOffer?.identity !== identity) return false;
    this.#sendDescription(answer);
    return true;
  }

  /** A candidate that cannot be added does not end the link: it is unresolvable, malformed, or of a rejected section. */
  async #addCandidate(candidate: RTCIceCandidateInit | null): Promise<void> {
    try {
      await this.pc.addIceCandidate(candidate);
    } catch {
      // Other candidates may still work.
    }
  }

  #sendDescription({ type, sdp }: RTCSessionDescription): void {
    if (type !== "offer" && type !== "answer") return;
    if (type === "offer") this.#pendingOffer.onSent(this.now());
    const offerId = type === "offer" ? this.#pendingOffer.offerId : this.#answeredOffer?.offerId;
    const described: ReturnType<ConnectionContent["describe"]> = this.content.describe(sdp);
    this.events.send({
      connection: this.content.connection,
      description: { type, sdp: described.sdp },
      ...(described.tracks ? { tracks: described.tracks } : {}),
      ...(offerId === undefined ? {} : { offerId }),
    });
  }
}

type DescriptionSignal = Extract<PeerSignal, { description: unknown }>;

function errorText(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
