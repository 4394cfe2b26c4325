import type { Engine, LocalTrack, Source } from "../engine/types";
import { checkPeerMessage } from "../protocol/check";
import type { IceServer, PeerMessage, PeerSignal } from "../protocol/generated";
import { Peer } from "./peer";

export interface PeersEvents {
  /** Something that the snapshot shows. */
  changed(): void;
  status(key: string, peer: Peer): void;
  /** A checked message within its rate. */
  message(key: string, message: PeerMessage): void;
  send(key: string, signal: PeerSignal): void;
}

/** One link per member, by the roster's keys. */
export class Peers {
  #peers = new Map<string, Peer>();
  #iceServers: readonly IceServer[] = [];

  constructor(
    private readonly engine: Engine,
    private readonly now: () => number,
    private readonly hello: () => PeerMessage | null,
    private readonly events: PeersEvents,
  ) {}

  get(key: string): Peer | undefined {
    return this.#peers.get(key);
  }

  entries(): IterableIterator<[string, Peer]> {
    return this.#peers.entries();
  }

  open(
    key: string,
    options: { offerFirst: boolean; polite: boolean },
    sending: ReadonlyMap<Source, LocalTrack>,
  ): void {
    this.close(key);
    const peer = new Peer(key, this.now());
    this.#peers.set(key, peer);
    const current = () => this.#peers.get(key) === peer;
    peer.link = this.engine.createLink({
      ...options,
      iceServers: this.#iceServers,
      send: (signal) => {
        if (current()) this.events.send(key, signal);
      },
      events: {
        status: (status, detail) => {
          if (!current()) return;
          peer.status = status;
          if (status === "connected") peer.connectedOnce = true;
          peer.detail = detail;
          this.events.status(key, peer);
        },
        tracks: (tracks) => {
          if (!current()) return;
          peer.setTracks(tracks, () => this.events.changed());
          this.events.changed();
        },
        problems: (problems) => {
          if (!current()) return;
          peer.problems = problems;
          this.events.changed();
        },
        open: () => {
          if (!current()) return;
          peer.owedHello = true;
          this.settle();
        },
        message: (text) => {
          if (!current() || !peer.rate.allow(this.now())) return;
          const checked = checkPeerMessage(text);
          if (checked.ok) this.events.message(key, checked.value);
        },
      },
    });
    for (const [source, track] of sending) peer.link.setTrack(source, track);
  }

  close(key: string): void {
    const peer = this.#peers.get(key);
    if (!peer) return;
    this.#peers.delete(key);
    peer.close();
  }

  setIceServers(servers: readonly IceServer[]): void {
    this.#iceServers = servers;
    for (const peer of this.#peers.values()) peer.link?.setIceServers(servers);
  }

  setTrack(source: Source, track: LocalTrack | null): void {
    for (const peer of this.#peers.values()) peer.link?.setTrack(source, track);
  }

  /** Our ID changed: everyone whose channel is open has to know. */
  owesHello(): void {
    for (const peer of this.#peers.values()) peer.owedHello = true;
    this.settle();
  }

  owesState(): void {
    for (const peer of this.#peers.values()) peer.owedState = true;
    this.settle();
  }

  /** Says what is owed. What does not get out now (no channel yet, a full one) is tried again later. */
  settle(): void {
    const hello = this.hello();
    if (hello?.type !== "hello") return;
    for (const peer of this.#peers.values()) {
      if (peer.owedHello) {
        peer.owedHello = !peer.send(hello);
        if (!peer.owedHello) peer.owedState = false;
      } else if (peer.owedState) {
        peer.owedState = !peer.send({ type: "state", state: hello.state });
      }
    }
  }

  /** Sends to everyone; the keys of those it could not be handed to. */
  broadcast(message: PeerMessage): string[] {
    return [...this.#peers].filter(([, peer]) => !peer.send(message)).map(([key]) => key);
  }
}
