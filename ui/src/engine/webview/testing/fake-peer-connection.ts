/**
 * An RTCPeerConnection without media, for tests of negotiation. Every asynchronous step of the WebRTC specification is
 * a step of a {@link StepQueue}, in two lanes per connection:
 *
 * - `<name> operations`: the operations chain, see {@link OperationsChain}
 * - `<name> events`: `negotiationneeded` and ICE candidates
 *
 * Modelled: signaling states with provisional answers and rollback (explicit, and implicit by a remote offer),
 * transceivers with mids and directions, rejected sections, `negotiationneeded` with its coalescing (§4.7.3), ICE
 * credentials and restarts, candidates, data channels. Not modelled: media, m-line reuse, transports: a test connects
 * two of them with `establishTransport`.
 */
import type { FakeBrowser } from "./fake-browser";
import { FakeIceCredentials } from "./fake-ice-credentials";
import {
  type Applied,
  answerSections,
  byMid,
  isNegotiationNeeded,
  type NegotiationState,
  offerSections,
} from "./fake-jsep";
import { FakeDataChannel, type FakeMediaStream, FakeTransceiver } from "./fake-media";
import {
  type FakeDescription,
  type FakeKind,
  type FakeSection,
  parseSdp,
  receives,
  reversed,
  sends,
  writeSdp,
} from "./fake-sdp";
import { OperationsChain } from "./operations-chain";
import type { StepQueue } from "./step-queue";

export class FakePeerConnection {
  onnegotiationneeded: (() => void) | null = null;
  onicecandidate: ((event: { candidate: RTCIceCandidateInit | null }) => void) | null = null;
  onconnectionstatechange: (() => void) | null = null;
  ontrack: (() => void) | null = null;
  ondatachannel: ((event: { channel: FakeDataChannel }) => void) | null = null;

  signalingState: RTCSignalingState = "stable";
  connectionState: RTCPeerConnectionState = "new";
  currentLocal: Applied | null = null;
  currentRemote: Applied | null = null;
  pendingLocal: Applied | null = null;
  pendingRemote: Applied | null = null;
  /** Data channels created on this side. */
  readonly channels: FakeDataChannel[] = [];
  /** Remote candidates that were added. */
  readonly remoteCandidates: (RTCIceCandidateInit | null)[] = [];
  /** The type of each description that was applied, and `rollback`. */
  readonly history: string[] = [];

  /** All transceivers, including those that were stopped without a section, which `getTransceivers` leaves out. */
  readonly allTransceivers: FakeTransceiver[] = [];
  #version = 0;
  #operations: OperationsChain;
  /** The transceivers of the offer that is being made, by the mids it assigns. */
  #assigned = new Map<string, FakeTransceiver>();
  #updateWhenIdle = false;
  #negotiationNeeded = false;
  #credentials: FakeIceCredentials;
  /** The ufrags that candidates were gathered for. */
  #gathered = new Set<string>();
  /** For good: a permission of later changes nothing, as in Chromium. */
  #hidesAddresses: boolean;

  constructor(
    readonly name: string,
    private readonly queue: StepQueue,
    private readonly browser: FakeBrowser,
    private configuration: RTCConfiguration = {},
  ) {
    this.#hidesAddresses = browser.hidesAddresses;
    this.#credentials = new FakeIceCredentials(name);
    this.#operations = new OperationsChain(queue, `${name} operations`, () => {
      if (!this.#updateWhenIdle) return;
      this.#updateWhenIdle = false;
      this.#updateNegotiationNeeded();
    });
  }

  get closed(): boolean {
    return this.signalingState === "closed";
  }

  get localDescription() {
    return described(this.pendingLocal ?? this.currentLocal);
  }

  get currentLocalDescription() {
    return described(this.currentLocal);
  }

  get pendingLocalDescription() {
    return described(this.pendingLocal);
  }

  get remoteDescription() {
    return this.#remote(this.pendingRemote ?? this.currentRemote);
  }

  get currentRemoteDescription() {
    return this.#remote(this.currentRemote);
  }

  getConfiguration(): RTCConfiguration {
    return this.configuration;
  }

  setConfiguration(configuration: RTCConfiguration): void {
    for (const { urls, username } of configuration.iceServers ?? [])
      if ([urls].flat().some((url) => url.startsWith("turn")) && username === undefined)
        throw new DOMException("TURN server without a user name", "InvalidAccessError");
    this.configuration = configuration;
  }

  getTransceivers(): FakeTransceiver[] {
    return this.allTransceivers.filter(({ stopped, mid }) => !(stopped && mid === null));
  }

  addTransceiver(
    kind: "audio" | "video",
    { direction = "sendrecv", streams = [] }: { direction?: string; streams?: FakeMediaStream[] } = {},
  ): FakeTransceiver {
    this.#requireOpen();
    const transceiver = this.#newTransceiver(kind, direction);
    transceiver.sender.setStreams(...streams);
    this.#updateNegotiationNeeded();
    return transceiver;
  }

  createDataChannel(label: string): FakeDataChannel {
    this.#requireOpen();
    const channel = new FakeDataChannel(label);
    this.channels.push(channel);
    this.#updateNegotiationNeeded();
    return channel;
  }

  restartIce(): void {
    if (!this.currentLocal && !this.pendingLocal) return;
    this.#credentials.restartRequested = true;
    this.#updateNegotiationNeeded();
  }

  createAnswer(): Promise<{ type: "answer"; sdp: string }> {
    return this.#operation(() => {
      const content = this.#makeAnswer();
      return () => ({ type: "answer" as const, sdp: this.#write(content) });
    });
  }

  setLocalDescription(description?: { type: RTCSdpType; sdp?: string }): Promise<void> {
    return this.#operation(() => {
      const type = description?.type ?? (this.#answers() ? "answer" : "offer");
      if (type === "rollback") {
        this.#requireState("have-local-offer");
        return () => this.#rollBack();
      }
      if (type === "pranswer" && !this.browser.supportsProvisionalAnswers)
        throw new DOMException("Provisional answers are not supported", "NotSupportedError");
      if (type === "offer") {
        this.#requireState("stable", "have-local-offer");
        const content = this.#makeOffer();
        return () => this.#applyLocalOffer(content);
      }
      const content = this.#makeAnswer();
      return () => this.#applyLocalAnswer(type, content);
    });
  }

  setRemoteDescription({ type, sdp = "" }: { type: RTCSdpType; sdp?: string }): Promise<void> {
    return this.#operation(() => {
      const content = parseSdp(sdp);
      return () => {
        if (type === "offer") this.#applyRemoteOffer({ type, sdp, content });
        else this.#applyRemoteAnswer({ type, sdp, content });
      };
    });
  }

  addIceCandidate(candidate: RTCIceCandidateInit | null): Promise<void> {
    return this.#operation(() => () => {
      const remote = this.pendingRemote ?? this.currentRemote;
      if (!remote) throw new DOMException("The remote description was null", "InvalidStateError");
      const ufrags = [this.pendingRemote, this.currentRemote].map((one) => one?.content.ufrag);
      const { sdpMid, usernameFragment } = candidate ?? {};
      const known = remote.content.sections.some(({ mid }) => mid === sdpMid);
      if ((sdpMid && !known) || (usernameFragment && !ufrags.includes(usernameFragment)))
        throw new DOMException("Error processing ICE candidate", "OperationError");
      this.remoteCandidates.push(candidate);
    });
  }

  close(): void {
    this.signalingState = "closed";
    this.connectionState = "closed";
    this.queue.clear(`${this.name} operations`);
    this.queue.clear(`${this.name} events`);
    for (const channel of this.channels) channel.readyState = "closed";
    for (const transceiver of this.allTransceivers) transceiver.onClosed();
  }

  async getStats(): Promise<ReadonlyMap<string, unknown>> {
    return new Map();
  }

  /** For tests: what ICE and DTLS would report. */
  setConnectionState(state: RTCPeerConnectionState): void {
    this.connectionState = state;
    this.onconnectionstatechange?.();
  }

  /** For tests: the negotiated sections, with directions as seen from this side. */
  get negotiated(): { mid: string; kind: FakeKind; direction: string }[] {
    const { currentLocal: local, currentRemote: remote } = this;
    if (!local || !remote) return [];
    const answer = local.type === "answer" ? local : remote;
    return answer.content.sections.map(({ mid, kind, rejected, direction }) => ({
      mid,
      kind,
      direction: rejected ? "rejected" : answer === local ? direction : reversed(direction),
    }));
  }

  /** For tests: the ICE credentials in force. */
  get ufrags(): { local: string | undefined; remote: string | undefined } {
    return { local: this.currentLocal?.content.ufrag, remote: this.currentRemote?.content.ufrag };
  }

  #operation<T>(start: () => () => T): Promise<T> {
    this.#requireOpen();
    return this.#operations.run(start);
  }

  /** "Update the negotiation-needed flag", §4.7.3. */
  #updateNegotiationNeeded(): void {
    if (this.closed) return;
    if (!this.#operations.isEmpty) {
      this.#updateWhenIdle = true;
      return;
    }
    this.queue.add(`${this.name} events`, () => {
      if (!this.#operations.isEmpty) {
        this.#updateWhenIdle = true;
        return;
      }
      if (this.signalingState !== "stable") return;
      const needed = this.#credentials.restartRequested || isNegotiationNeeded(this.#state());
      const fire = needed && !this.#negotiationNeeded;
      this.#negotiationNeeded = needed;
      if (fire) this.onnegotiationneeded?.();
    });
  }

  #state(): NegotiationState {
    return {
      currentLocal: this.currentLocal,
      currentRemote: this.currentRemote,
      pendingRemote: this.pendingRemote,
      transceivers: this.getTransceivers(),
      hasChannel: this.channels.length > 0,
      codecsOf: (kind) => (kind === "application" ? [] : this.browser.codecs[kind]),
    };
  }

  #makeOffer(): FakeDescription {
    const { sections, assigned } = offerSections(this.#state());
    this.#assigned = assigned;
    return this.#description(this.#credentials.forOffer(), sections);
  }

  #makeAnswer(): FakeDescription {
    this.#requireState("have-remote-offer", "have-local-pranswer");
    return this.#description(this.#credentials.forAnswer, answerSections(this.#state()));
  }

  #description(ufrag: string, sections: FakeSection[]): FakeDescription {
    this.#version += 1;
    return { session: this.#session(), version: this.#version, ufrag, sections };
  }

  #applyLocalOffer(content: FakeDescription): void {
    this.#requireState("stable", "have-local-offer");
    for (const { mid } of content.sections) {
      const transceiver = this.#assigned.get(mid);
      if (transceiver && transceiver.mid === null) transceiver.mid = mid;
    }
    this.#assigned.clear();
    this.pendingLocal = { type: "offer", sdp: this.#write(content), content };
    this.#setState("have-local-offer", "local offer");
    this.#gather(content);
  }

  #applyLocalAnswer(type: RTCSdpType, content: FakeDescription): void {
    this.#requireState("have-remote-offer", "have-local-pranswer");
    const answer = { type, sdp: this.#write(content), content };
    this.#gather(content);
    for (const section of content.sections) this.#negotiate(section, section.direction);
    if (type === "pranswer") {
      this.pendingLocal = answer;
      this.#setState("have-local-pranswer", "local pranswer");
      return;
    }
    this.#credentials.onApplied(content.ufrag);
    this.currentLocal = answer;
    this.currentRemote = this.pendingRemote;
    this.#becomeStable("local answer");
  }

  #applyRemoteOffer(offer: Applied): void {
    if (this.signalingState === "have-local-offer") this.#rollBack();
    this.#requireState("stable", "have-remote-offer");
    const before = this.currentRemote?.content;
    const known = this.currentLocal?.content.sections ?? [];
    if (known.some(({ mid }, index) => offer.content.sections[index]?.mid !== mid)) {
      this.#updateNegotiationNeeded();
      throw new DOMException(
        "The order of m-lines doesn't match previous offer/answer",
        "InvalidAccessError",
      );
    }
    for (const section of offer.content.sections) {
      if (section.kind === "application") continue;
      let transceiver = byMid(this.allTransceivers, section.mid);
      if (!transceiver && !section.rejected) {
        transceiver = this.#newTransceiver(section.kind, "recvonly");
        transceiver.mid = section.mid;
      }
      const receiving = receives(transceiver?.currentDirection ?? null);
      if (sends(section.direction) && !receiving) this.ontrack?.();
    }
    const restarted = before !== undefined && before.ufrag !== offer.content.ufrag;
    this.#credentials.onRemoteOffer(restarted);
    this.pendingRemote = offer;
    this.#setState("have-remote-offer", "remote offer");
  }

  #applyRemoteAnswer(answer: Applied): void {
    this.#requireState("have-local-offer");
    const offer = this.pendingLocal;
    const offered = offer?.content.sections ?? [];
    const { sections } = answer.content;
    const matches =
      sections.length === offered.length && sections.every(({ mid }, i) => offered[i]?.mid === mid);
    if (!offer || !matches)
      throw new DOMException(
        "The order of m-lines in answer doesn't match order in offer",
        "InvalidAccessError",
      );
    this.#credentials.onApplied(offer.content.ufrag);
    this.currentLocal = offer;
    this.currentRemote = answer;
    for (const section of sections) this.#negotiate(section, reversed(section.direction));
    this.#becomeStable("remote answer");
  }

  #negotiate({ mid, rejected }: FakeSection, direction: string): void {
    const transceiver = byMid(this.allTransceivers, mid);
    if (!transceiver) return;
    if (rejected) {
      transceiver.reject();
      return;
    }
    transceiver.currentDirection = direction;
    if (transceiver.sender.parameters.encodings.length === 0) transceiver.sender.parameters.encodings = [{}];
  }

  #rollBack(): void {
    const kept = this.currentLocal?.content.sections ?? [];
    for (const transceiver of this.allTransceivers)
      if (!kept.some(({ mid }) => mid === transceiver.mid)) transceiver.mid = null;
    this.pendingLocal = null;
    this.#credentials.onRollback();
    this.#setState("stable", "rollback");
    this.#negotiationNeeded = false;
    this.#updateNegotiationNeeded();
  }

  #becomeStable(reason: string): void {
    this.pendingLocal = null;
    this.pendingRemote = null;
    this.#setState("stable", reason);
    this.#negotiationNeeded = false;
    this.#updateNegotiationNeeded();
  }

  #setState(state: RTCSignalingState, reason: string): void {
    this.signalingState = state;
    this.history.push(reason);
  }

  #gather({ ufrag, sections }: FakeDescription): void {
    if (this.#gathered.has(ufrag)) return;
    this.#gathered.add(ufrag);
    const address = this.#hidesAddresses ? `${this.name}.local` : `192.0.2.${this.#gathered.size}`;
    const candidate = {
      candidate: `candidate:1 1 udp 2122260223 ${address} 9 typ host ufrag ${ufrag}`,
      sdpMid: sections[0]?.mid ?? "0",
      sdpMLineIndex: 0,
      usernameFragment: ufrag,
    };
    for (const next of [candidate, null])
      this.queue.add(`${this.name} events`, () => this.onicecandidate?.({ candidate: next }));
  }

  #newTransceiver(kind: FakeKind, direction: string): FakeTransceiver {
    const transceiver = new FakeTransceiver(kind, direction, {
      isClosed: () => this.closed,
      changed: () => this.#updateNegotiationNeeded(),
    });
    this.allTransceivers.push(transceiver);
    return transceiver;
  }

  #answers(): boolean {
    return this.signalingState === "have-remote-offer" || this.signalingState === "have-local-pranswer";
  }

  #write(content: FakeDescription): string {
    const sdp = writeSdp(content);
    return this.browser.isFirefox ? sdp.replace(/^o=-/m, "o=mozilla...THIS_IS_SDPARTA-99.0") : sdp;
  }

  /** Digits, as in the `o=` line. */
  #session(): string {
    return `46117314004300${this.name.replace(/\D/g, "")}`;
  }

  #remote(applied: Applied | null) {
    if (!applied || !this.browser.rewritesOrigin) return described(applied);
    return { type: applied.type, sdp: applied.sdp.replace(/^o=\S+/m, "o=-") };
  }

  #requireOpen(): void {
    if (this.closed) throw new DOMException("The peer connection is closed", "InvalidStateError");
  }

  #requireState(...states: RTCSignalingState[]): void {
    if (!states.includes(this.signalingState))
      throw new DOMException(`Called in wrong state: ${this.signalingState}`, "InvalidStateError");
  }
}

function described(applied: Applied | null) {
  return applied && { type: applied.type, sdp: applied.sdp };
}
