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
import type { DataChannel } from "./data-channel";
import { supportedIceServers } from "./ice-servers";
import { LocalCandidates } from "./local-candidates";
import { setProvisionalAnswer } from "./provisional-answer";
import { linkProblems, type RejectedSections, rejectedSections } from "./rejected-sections";
import { RemoteCandidates } from "./remote-candidates";
import { iceUfrag, originOf, preferOpusFecAndDtx, withoutCandidates } from "./sdp";
import { Transceivers } from "./transceivers";

/** How long after an answer a duplicate answer to the same offer may arrive, in milliseconds. */
const DUPLICATE_ANSWER_MS = 5_000;
/** Minimum time between two transmissions of the same offer, in milliseconds. */
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
}

export class Connection {
  readonly pc: RTCPeerConnection;
  readonly transceivers: Transceivers;
  #makingOffer = false;
  #started = false;
  /** The remote side's first offer is being applied, which creates the transceivers of this side too. */
  #applyingFirstOffer = false;
  #closed = false;
  #remoteOrigin: string | null = null;
  /** The remote offer that was answered last, without its candidates. */
  #answeredOffer: string | null = null;
  #remoteCandidates = new RemoteCandidates();
  #localCandidates: LocalCandidates;
  /** The local offer that is waiting for an answer: when it was last sent, and how many times. */
  #pendingOffer: { sentAt: number; transmissions: number } | null = null;
  /** Answers that may still arrive for an offer that was answered already. */
  #duplicateAnswers = { remaining: 0, until: 0 };
  #rejected: RejectedSections = new Map();

  constructor(
    iceServers: readonly IceServer[],
    links: number,
    private readonly polite: () => boolean,
    private readonly channel: DataChannel,
    /** Milliseconds. */
    private readonly now: () => number,
    private readonly events: ConnectionEvents,
  ) {
    this.pc = new RTCPeerConnection({
      iceServers: supportedIceServers(iceServers),
      bundlePolicy: "max-bundle",
    });
    this.transceivers = new Transceivers(this.pc, links);
    this.pc.onnegotiationneeded = () => void this.#negotiate();
    this.#localCandidates = new LocalCandidates(events.send);
    this.pc.onicecandidate = ({ candidate }) => this.#localCandidates.onCandidate(candidate);
    this.pc.onconnectionstatechange = () => {
      if (!this.#closed) events.connectionState(this.pc.connectionState);
    };
    this.pc.ontrack = () => events.tracks();
    this.pc.ondatachannel = (event) => channel.onRemoteChannel(event.channel);
  }

  /** The kinds of media that the last exchange left without a common codec. */
  get problems(): LinkProblem[] {
    return linkProblems(this.#rejected);
  }

  /** This side has offered or answered, or is about to. */
  get started(): boolean {
    return this.#started;
  }

  /**
   * Identifies the remote RTCPeerConnection: the `o=` line of its SDP; null before its first description. Taken from
   * the SDP as received, because Chromium rewrites the user name of Firefox's `o=` line in `pc.remoteDescription`.
   */
  get remoteOrigin(): string | null {
    return this.#remoteOrigin;
  }

  /** The first local offer is being made or was sent, and no remote description has been applied. */
  get awaitingFirstAnswer(): boolean {
    const { remoteDescription, signalingState } = this.pc;
    return remoteDescription === null && (this.#makingOffer || signalingState === "have-local-offer");
  }

  /** Started, but the first `negotiationneeded` has not fired: there are transceivers without an offer. */
  get awaitingNegotiationNeeded(): boolean {
    const { remoteDescription, signalingState } = this.pc;
    return this.#started && remoteDescription === null && !this.#makingOffer && signalingState === "stable";
  }

  /**
   * Adds the transceivers and the data channel that the first offer describes; the browser then fires
   * `negotiationneeded`. Does nothing while the first remote offer is being applied, which takes seconds on a busy
   * computer: transceivers added meanwhile would be stopped once the offered ones are used, and Chromium then
   * negotiates in an endless loop, tens of times a second.
   */
  start(): void {
    if (this.#started || this.#closed || this.#applyingFirstOffer) return;
    this.#started = true;
    this.channel.create(this.pc);
    this.transceivers.addInitial();
  }

  /**
   * Sends an unanswered offer again if the last transmission is at least `after` milliseconds old: it may have been lost
   * with the signaling socket.
   */
  resendOffer(after: number): void {
    const { localDescription, signalingState } = this.pc;
    if (!this.#pendingOffer || signalingState !== "have-local-offer" || localDescription?.type !== "offer")
      return;
    if (this.now() - this.#pendingOffer.sentAt < after) return;
    this.#sendDescription(localDescription);
  }

  restartIce(): void {
    if (this.#closed) return;
    // A second restart would discard the checks of the one that is pending. Any other pending offer blocks
    // `negotiationneeded`, so it is sent again in case it was lost.
    if (!this.#iceRestartPending()) this.pc.restartIce();
    this.resendOffer(MIN_RESEND_MS);
  }

  async receive(signal: PeerSignal): Promise<void> {
    if (this.#closed) return;
    try {
      if ("description" in signal) await this.#applyDescription(signal.description, signal.tracks);
      else if (this.#remoteCandidates.accept(signal.candidate)) await this.#addCandidate(signal.candidate);
    } catch (error) {
      if (!this.#closed) this.events.negotiationFailed(`negotiation: ${errorText(error)}`);
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
      await this.pc.setLocalDescription();
      // A remote offer may have rolled this one back before the await returned.
      if (this.pc.localDescription?.type === "offer") {
        this.#pendingOffer = { sentAt: this.now(), transmissions: 0 };
        this.#sendDescription(this.pc.localDescription);
      }
    } catch (error) {
      if (!this.#closed) this.events.negotiationFailed(`offer: ${errorText(error)}`);
    } finally {
      this.#makingOffer = false;
    }
  }

  async #applyDescription(description: RTCSessionDescriptionInit, tracks: RemoteTracks): Promise<void> {
    const { pc } = this;
    const sdp = description.sdp ?? "";
    if (description.type === "answer" && this.#isDuplicateAnswer(sdp)) return;
    if (description.type === "offer" && this.#resendAnswer(sdp)) return;
    const collision = description.type === "offer" && (this.#makingOffer || pc.signalingState !== "stable");
    if (collision && !this.polite()) {
      // The two offers crossed, or the local one was lost with a signaling socket.
      this.resendOffer(MIN_RESEND_MS);
      return;
    }
    const before = pc.currentRemoteDescription;
    this.#applyingFirstOffer = description.type === "offer" && !this.#started;
    try {
      // Rolls a pending local offer back (implicit rollback, RFC 8829 §4.1.10.2).
      await pc.setRemoteDescription({ ...description, sdp: this.#remoteCandidates.limit(sdp) });
    } catch (error) {
      // An invalid first offer does not prevent an offer from this side.
      if (this.#applyingFirstOffer) {
        this.#applyingFirstOffer = false;
        this.start();
      }
      throw error;
    }
    this.#applyingFirstOffer = false;
    this.#remoteOrigin = originOf(sdp);
    this.#answeredOffer = null;
    this.transceivers.onRemoteDescription(sdp, tracks);
    if (description.type === "offer") {
      this.#started = true;
      this.#pendingOffer = null;
      await this.#answer(sdp, this.transceivers.reuseOffered());
      this.transceivers.addMissing();
    } else if (this.#pendingOffer) {
      this.#duplicateAnswers = {
        remaining: this.#pendingOffer.transmissions - 1,
        until: this.now() + DUPLICATE_ANSWER_MS,
      };
      this.#pendingOffer = null;
    }
    const [offer, answer] =
      description.type === "offer"
        ? [pc.currentRemoteDescription, pc.currentLocalDescription]
        : [pc.currentLocalDescription, pc.currentRemoteDescription];
    this.#rejected = rejectedSections(this.#rejected, offer?.sdp ?? "", answer?.sdp ?? "");
    this.transceivers.applyEncodingLimits();
    for (const candidate of this.#remoteCandidates.onDescription(sdp)) await this.#addCandidate(candidate);
    this.events.descriptionApplied(before !== null && iceUfrag(sdp) !== iceUfrag(before.sdp));
    this.events.tracks();
  }

  /** `newlySending`: the answer begins to send in sections that the offer created. */
  async #answer(offer: string, newlySending: boolean): Promise<void> {
    const { pc } = this;
    this.#localCandidates.hold();
    try {
      if (newlySending) await setProvisionalAnswer(pc);
      await pc.setLocalDescription();
      if (pc.localDescription) {
        this.#answeredOffer = withoutCandidates(offer);
        this.#sendDescription(pc.localDescription);
      }
    } finally {
      this.#localCandidates.flush();
    }
  }

  /**
   * An answered offer may arrive again: it crossed the answer, or the answer was lost. Applying it again would roll back
   * a newer local offer, and the answer to that one could then be mistaken for the answer to the next. So only the
   * answer is sent again. False if this offer was not answered before.
   */
  #resendAnswer(sdp: string): boolean {
    const answer = this.pc.currentLocalDescription;
    if (answer?.type !== "answer" || this.#answeredOffer !== withoutCandidates(sdp)) return false;
    this.#sendDescription(answer);
    return true;
  }

  /**
   * An offer sent several times may be answered several times, and the wire does not say which offer an answer belongs
   * to. A duplicate applied to the next offer would break the connection in ways that are hard to see; ignoring one
   * answer too many only costs another round of `resendOffer`.
   */
  #isDuplicateAnswer(sdp: string): boolean {
    // The answer to an ICE restart has a new ufrag, so a duplicate is recognised however late it is. Applied, it would
    // set the credentials of the previous path, and the answer to the restart would find no pending offer.
    if (this.#iceRestartPending()) {
      const duplicate = iceUfrag(sdp) === iceUfrag(this.pc.currentRemoteDescription?.sdp ?? "");
      this.#duplicateAnswers.remaining = duplicate ? Math.max(0, this.#duplicateAnswers.remaining - 1) : 0;
      return duplicate;
    }
    const expected = this.pc.signalingState === "have-local-offer";
    if (this.#duplicateAnswers.remaining <= 0 || this.now() > this.#duplicateAnswers.until) return !expected;
    this.#duplicateAnswers.remaining -= 1;
    return true;
  }

  /** The pending local offer restarts ICE. */
  #iceRestartPending(): boolean {
    const { pendingLocalDescription: pending, currentLocalDescription: current } = this.pc;
    return pending?.type === "offer" && current !== null && iceUfrag(pending.sdp) !== iceUfrag(current.sdp);
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
    if (type === "offer" && this.#pendingOffer)
      this.#pendingOffer = {
        sentAt: this.now(),
        transmissions: this.#pendingOffer.transmissions + 1,
      };
    this.events.send({
      connection: "media",
      description: { type, sdp: this.transceivers.withCodecOrder(preferOpusFecAndDtx(sdp)) },
      tracks: this.transceivers.sourcesByMid(),
    });
  }
}

type RemoteTracks = Parameters<Transceivers["onRemoteDescription"]>[1];

function errorText(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
