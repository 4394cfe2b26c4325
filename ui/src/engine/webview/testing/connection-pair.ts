import type { PeerSignal } from "../../../protocol/generated";
import { Connection } from "../negotiation/connection";
import { DataChannel } from "../negotiation/data-channel";
import { ExchangeHistory } from "../negotiation/exchange-history";
import { MediaContent } from "../negotiation/media-content";
import type { FakeBrowser } from "./fake-browser";
import type { FakePeerConnection } from "./fake-peer-connection";
import { FakeSignaling, type Side } from "./fake-signaling";
import { iceServersOf, PeerConnectionsBySide } from "./peer-connections-by-side";
import { StepQueue } from "./step-queue";

/** One {@link Connection} over a fake RTCPeerConnection, and what it reported. */
export interface ConnectionSide {
  readonly connection: Connection<MediaContent>;
  readonly pc: FakePeerConnection;
  readonly channel: DataChannel;
  readonly failures: string[];
  /** For each description that was applied, whether the exchange restarts ICE. */
  readonly applied: boolean[];
  readonly messages: string[];
}

/** Two Connections and the signaling between them. `b` is polite. */
export class ConnectionPair {
  readonly queue = new StepQueue();
  readonly signaling = new FakeSignaling(this.queue);
  readonly a: ConnectionSide;
  readonly b: ConnectionSide;
  /** Milliseconds: the clock of both. */
  now = 0;
  #peerConnections: PeerConnectionsBySide;

  /** `install` makes its argument the global RTCPeerConnection. */
  constructor(install: (peerConnection: unknown) => void, browsers: Partial<Record<Side, FakeBrowser>> = {}) {
    this.#peerConnections = new PeerConnectionsBySide(this.queue, browsers);
    install(this.#peerConnections.constructorFunction);
    this.a = this.#side("a");
    this.b = this.#side("b");
  }

  get sides(): readonly [ConnectionSide, ConnectionSide] {
    return [this.a, this.b];
  }

  /** `a` offers, and everything runs until there is nothing left to do. */
  async connect(): Promise<this> {
    this.a.connection.start();
    await this.queue.drain();
    return this;
  }

  #side(name: Side): ConnectionSide {
    const failures: string[] = [];
    const applied: boolean[] = [];
    const messages: string[] = [];
    const polite = () => name === "b";
    const channel = new DataChannel(polite, { open: () => {}, message: (text) => messages.push(text) });
    const newContent = (pc: RTCPeerConnection) =>
      new MediaContent(pc, { links: 1, shownHeight: null, large: 0 }, channel);
    const history = new ExchangeHistory();
    const connection = new Connection(iceServersOf(name), newContent, polite, history, () => this.now, {
      send: (signal) => this.signaling.send(name, signal),
      descriptionApplied: (iceRestarted) => applied.push(iceRestarted),
      tracks: () => {},
      connectionState: () => {},
      negotiationFailed: (detail) => failures.push(detail),
      remoteReplaced: () => failures.push("remote replaced"),
    });
    // One signal at a time, like the link.
    let received: Promise<unknown> = Promise.resolve();
    this.signaling.receivers[name] = (signal: PeerSignal) => {
      received = received.then(() => connection.receive(signal));
    };
    return { connection, pc: this.#peerConnections.current(name), channel, failures, applied, messages };
  }
}
