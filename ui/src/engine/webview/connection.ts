/**
 * One RTCPeerConnection and its negotiation: W3C "perfect negotiation" (WebRTC §10.7) with trickle ICE.
 *
 * What can happen to it:
 * - from the other side: a description or a candidate, in the order they were sent (`receive`)
 * - from the browser: `negotiationneeded`, candidates, tracks, channels, connection states
 * - from the link: tracks to send, a restart, a resend
 *
 * `receive` works one signal at a time; `negotiationneeded` may fire between any two steps, which is what
 * `makingOffer` is for.
 */
import type { IceServer, PeerSignal } from "../../protocol/generated";
import type { LinkProblem } from "../types";
import { setProvisionalAnswer } from "./answer";
import { RemoteCandidates } from "./candidates";
import type { Channel } from "./channel";
import { LocalCandidates } from "./local-candidates";
import { problemsOf, type Refused, refusedAfter } from "./refused";
import { iceUserOf, preferOpusFecAndDtx, sessionOf, withoutCandidates } from "./sdp";
import { Sections } from "./sections";

/** How long after an answer another one to the same offer may come, in milliseconds. */
const REPEATS_MS = 5_000;
/** An open offer is not sent again sooner, in milliseconds. */
const REPEAT_MS = 1_000;

export interface ConnectionEvents {
  send(signal: PeerSignal): void;
  /** A description of theirs took effect; `restarted`: the exchange restarts ICE. */
  described(restarted: boolean): void;
  /** Their tracks may have changed. */
  tracks(): void;
  transport(state: RTCPeerConnectionState): void;
  broken(detail: string): void;
}

export class Connection {
  readonly pc: RTCPeerConnection;
  readonly sections: Sections;
  #makingOffer = false;
  #ignoreOffer = false;
  #begun = false;
  /** A first offer of theirs is being applied, and with it our sections. */
  #adopting = false;
  #closed = false;
  #remoteSession: string | null = null;
  /** The offer of theirs that is in force, without its candidates. */
  #answered: string | null = null;
  #candidates = new RemoteCandidates();
  #local: LocalCandidates;
  /** When the offer that waits for an answer was sent last, and how often it was. */
  #offer: { at: number; times: number } | null = null;
  /** Answers still to be expected to an offer that was answered already. */
  #repeats = { left: 0, until: 0 };
  #refused: Refused = new Map();

  constructor(
    iceServers: readonly IceServer[],
    links: number,
    private readonly polite: () => boolean,
    private readonly channel: Channel,
    private readonly now: () => number,
    private readonly events: ConnectionEvents,
  ) {
    this.pc = new RTCPeerConnection({ iceServers: usable(iceServers), bundlePolicy: "max-bundle" });
    this.sections = new Sections(this.pc, links);
    this.pc.onnegotiationneeded = () => void this.#negotiate();
    this.#local = new LocalCandidates(events.send);
    this.pc.onicecandidate = ({ candidate }) => this.#local.found(candidate);
    this.pc.onconnectionstatechange = () => {
      if (!this.#closed) events.transport(this.pc.connectionState);
    };
    this.pc.ontrack = () => events.tracks();
    this.pc.ondatachannel = (event) => channel.incoming(event.channel);
  }

  /** What goes neither way since the last exchange. */
  get problems(): LinkProblem[] {
    return problemsOf(this.#refused);
  }

  get begun(): boolean {
    return this.#begun;
  }

  /**
   * The other side's RTCPeerConnection as its SDP names it; null before its first description. Out of the text as
   * it came: the one that `pc.remoteDescription` gives back is the browser's own writing of it, in which Chromium
   * replaces the user name of Firefox's `o=` line.
   */
  get remoteSession(): string | null {
    return this.#remoteSession;
  }

  /** Our first offer is out, or about to be, and nothing of theirs came yet. */
  get opening(): boolean {
    const { remoteDescription, signalingState } = this.pc;
    return remoteDescription === null && (this.#makingOffer || signalingState === "have-local-offer");
  }

  /** Begun, but the browser has not asked for an offer yet: there are transceivers that nobody knows of. */
  get unsaid(): boolean {
    const { remoteDescription, signalingState } = this.pc;
    return this.#begun && remoteDescription === null && !this.#makingOffer && signalingState === "stable";
  }

  /**
   * Offers: microphone, camera, what else is to be sent, and the data channel. Not while an offer of theirs is being
   * applied, which takes a busy computer seconds: transceivers added meanwhile are stopped when theirs are adopted, and
   * Chromium then offers the same again and again, tens of times a second, for ever.
   */
  begin(): void {
    if (this.#begun || this.#closed || this.#adopting) return;
    this.#begun = true;
    this.channel.create(this.pc);
    this.sections.begin();
  }

  /** The offer may have been lost with the signaling socket: an unanswered one is sent again. */
  resendOffer(after: number): void {
    const { localDescription, signalingState } = this.pc;
    if (!this.#offer || signalingState !== "have-local-offer" || localDescription?.type !== "offer") return;
    if (this.now() - this.#offer.at < after) return;
    this.#sendDescription(localDescription);
  }

  restartIce(): void {
    if (this.#closed) return;
    // One more restart after the one that waits for its answer would only interrupt again. Any other open offer keeps
    // the browser from offering: it may have been lost.
    if (!this.#restarting()) this.pc.restartIce();
    this.#repeatOffer();
  }

  async receive(signal: PeerSignal): Promise<void> {
    if (this.#closed) return;
    try {
      if ("description" in signal) await this.#describe(signal.description, signal.tracks);
      else if (this.#candidates.accept(signal.candidate)) await this.#addCandidate(signal.candidate);
    } catch (error) {
      if (!this.#closed) this.events.broken(`negotiation: ${describe(error)}`);
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
    if (!this.#begun || this.#closed) return;
    try {
      this.#makingOffer = true;
      await this.pc.setLocalDescription();
      // Between the two lines the offer may have been rolled back for one of theirs.
      if (this.pc.localDescription?.type === "offer") {
        this.#offer = { at: this.now(), times: 0 };
        this.#sendDescription(this.pc.localDescription);
      }
    } catch (error) {
      if (!this.#closed) this.events.broken(`offer: ${describe(error)}`);
    } finally {
      this.#makingOffer = false;
    }
  }

  async #describe(description: RTCSessionDescriptionInit, tracks: TracksOf): Promise<void> {
    const { pc } = this;
    const sdp = description.sdp ?? "";
    if (description.type === "answer" && this.#isRepeated(sdp)) return;
    if (description.type === "offer" && this.#answerAgain(sdp)) return;
    const collision = description.type === "offer" && (this.#makingOffer || pc.signalingState !== "stable");
    this.#ignoreOffer = collision && !this.polite();
    if (this.#ignoreOffer) {
      // It crossed ours on the way, or ours never came: lost with a signaling socket.
      this.#repeatOffer();
      return;
    }
    const before = pc.currentRemoteDescription;
    this.#adopting = description.type === "offer" && !this.#begun;
    try {
      // Rolls back our own offer where there is one.
      await pc.setRemoteDescription({ ...description, sdp: this.#candidates.thin(sdp) });
    } catch (error) {
      // Nothing came of theirs; ours may.
      if (this.#adopting) {
        this.#adopting = false;
        this.begin();
      }
      throw error;
    }
    this.#adopting = false;
    this.#remoteSession = sessionOf(sdp);
    this.#answered = null;
    this.sections.described(sdp, tracks);
    if (description.type === "offer") {
      this.#begun = true;
      this.#offer = null;
      await this.#answer(sdp, this.sections.adopt());
      this.sections.complete();
    } else if (this.#offer) {
      this.#repeats = { left: this.#offer.times - 1, until: this.now() + REPEATS_MS };
      this.#offer = null;
    }
    const [offer, answer] =
      description.type === "offer"
        ? [pc.currentRemoteDescription, pc.currentLocalDescription]
        : [pc.currentLocalDescription, pc.currentRemoteDescription];
    this.#refused = refusedAfter(this.#refused, offer?.sdp ?? "", answer?.sdp ?? "");
    this.sections.limit();
    for (const candidate of this.#candidates.described(sdp)) await this.#addCandidate(candidate);
    this.events.described(before !== null && iceUserOf(sdp) !== iceUserOf(before.sdp));
    this.events.tracks();
  }

  /** `adopted`: with sections that we send in from now on. */
  async #answer(offer: string, adopted: boolean): Promise<void> {
    const { pc } = this;
    this.#local.hold();
    try {
      if (adopted) await setProvisionalAnswer(pc);
      await pc.setLocalDescription();
      if (pc.localDescription) {
        this.#answered = withoutCandidates(offer);
        this.#sendDescription(pc.localDescription);
      }
    } finally {
      this.#local.release();
    }
  }

  /**
   * An offer that was answered may come again: the two crossed, or the answer was lost. To set it again would roll
   * back an offer made since, whose answer may be on its way and would then be taken for that of the next one.
   */
  #answerAgain(sdp: string): boolean {
    const answer = this.pc.currentLocalDescription;
    if (answer?.type !== "answer" || this.#answered !== withoutCandidates(sdp)) return false;
    this.#sendDescription(answer);
    return true;
  }

  /**
   * An offer sent several times may be answered several times, and the wire does not say which offer an
   * answer is for. Applied to the next offer it would break the connection in ways that are hard to see;
   * skipping one too many only costs another round of `resendOffer`.
   */
  #isRepeated(sdp: string): boolean {
    // The answer to a restart tells itself apart, however late another one is: that one would bring the credentials of
    // the path before, and the answer that is waited for would then find nothing open.
    if (this.#restarting()) {
      const repeated = iceUserOf(sdp) === iceUserOf(this.pc.currentRemoteDescription?.sdp ?? "");
      this.#repeats.left = repeated ? Math.max(0, this.#repeats.left - 1) : 0;
      return repeated;
    }
    const expected = this.pc.signalingState === "have-local-offer";
    if (this.#repeats.left <= 0 || this.now() > this.#repeats.until) return !expected;
    this.#repeats.left -= 1;
    return true;
  }

  /** An offer is open that restarts ICE. */
  #restarting(): boolean {
    const { pendingLocalDescription: pending, currentLocalDescription: current } = this.pc;
    return pending?.type === "offer" && current !== null && iceUserOf(pending.sdp) !== iceUserOf(current.sdp);
  }

  #repeatOffer(): void {
    this.resendOffer(REPEAT_MS);
  }

  /** One bad candidate among many is not worth a link. */
  async #addCandidate(candidate: RTCIceCandidateInit | null): Promise<void> {
    try {
      await this.pc.addIceCandidate(candidate);
    } catch {
      // Unresolvable, malformed, or of a section that was refused: the others still count.
    }
  }

  #sendDescription({ type, sdp }: RTCSessionDescription): void {
    if (type !== "offer" && type !== "answer") return;
    if (type === "offer" && this.#offer) this.#offer = { at: this.now(), times: this.#offer.times + 1 };
    this.events.send({
      connection: "media",
      description: { type, sdp: this.sections.withCodecOrder(preferOpusFecAndDtx(sdp)) },
      tracks: this.sections.tracks(),
    });
  }
}

type TracksOf = Parameters<Sections["described"]>[1];

/** Servers with URLs of a scheme this browser does not know would make the constructor throw. */
function usable(servers: readonly IceServer[]): RTCIceServer[] {
  return servers
    .map((server) => ({
      ...server,
      urls: server.urls.filter((url) => /^(stun|stuns|turn|turns):/i.test(url)),
    }))
    .filter(
      (server) =>
        server.urls.length > 0 &&
        (server.urls.every((url) => /^stuns?:/i.test(url)) || server.username !== undefined),
    );
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
