/**
 * The links for files of this page: a connection with each participant with whom something is transferred, made when it is
 * needed (docs/transfer.md, "Connections"). Follows the room by the messages of the server, and participants whose ID
 * changed by the `hello` of each link (docs/protocol.md, "After a server restart").
 */
import type { createFilesLink, FilesLink } from "../../../engine/webview/files-link";
import { checkPeerSignal } from "../../../protocol/check";
import type { IceServer, ServerMessage } from "../../../protocol/generated";
import type { Signaling, SignalingEvent } from "../../types";
import type { Identity } from "./endpoint";
import { RoomNames } from "./room-names";
import { sendableChannels } from "./sendable-channels";
import type { EndReason, FromFilesWorker, LinkKey, ToFilesWorker } from "./worker-messages";

/** After a connection could not be made, or did not last, so long passes before another. Milliseconds. */
const RETRY_MS = 5_000;
/** After a server restart, how long a link may take to say whose it is before others are looked for. Milliseconds. */
const MAX_UNLABELLED_MS = 3_000;
/** After a server restart, how long an unused link may be nobody's. Milliseconds. */
const MAX_UNCLAIMED_MS = 15_000;

interface Link {
  key: LinkKey;
  participant: string | null;
  /** Null between two connections. */
  connection: FilesLink | null;
  /** Of the newest RTCPeerConnection. */
  generation: number;
  connectedAt: number | null;
  retry: ReturnType<typeof setTimeout> | undefined;
}

export class FilesLinks {
  #self: Identity | null = null;
  #names = new RoomNames();
  #iceServers: readonly IceServer[] = [];
  #links = new Map<LinkKey, Link>();
  #nextKey = 1;
  /** Links that have transfers. */
  #open: ReadonlySet<LinkKey> = new Set();
  /** Transfers that wait for their partner. */
  #unfinished = 0;
  #look: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly signaling: Pick<Signaling, "signal">,
    private readonly post: (message: ToFilesWorker, transfer?: Transferable[]) => void,
    private readonly createLink: typeof createFilesLink,
    private readonly now: () => number = Date.now,
  ) {}

  /** The links of these participants, made where there is none. For offers, so this side begins. */
  linksTo(participants: readonly string[]): LinkKey[] {
    return participants.flatMap((participant) => this.#linkTo(participant, true)?.key ?? []);
  }

  /** The names of those among these participants who are not in the room; empty where they are not known. */
  namesOfGone(participants: readonly string[]): string[] {
    return participants.filter((id) => !this.#names.has(id)).map((id) => this.#names.ofGone(id));
  }

  onSignaling(event: SignalingEvent): void {
    if (event.type === "status") {
      if (event.status.kind === "idle" || event.status.kind === "refused") this.#onLeft();
      return;
    }
    const { message } = event;
    switch (message.type) {
      case "joined":
        this.#onJoined(message);
        break;
      case "participant-joined": {
        const { id, name } = message.participant;
        this.#names.set(id, name);
        // They may be the partner. The one who was here first offers.
        if (this.#unfinished > 0) this.#linkTo(id, true);
        break;
      }
      case "participant-left":
        this.#names.remove(message.participant);
        for (const link of this.#all()) if (link.participant === message.participant) this.#remove(link);
        break;
      case "signal":
        this.#onSignal(message.from, message.data);
        break;
      case "pong":
        if (message.iceServers) this.#setIceServers(message.iceServers);
        break;
      case "left":
        this.#onLeft();
    }
  }

  onWorker(message: Extract<FromFilesWorker, { type: "hello" | "ended" | "links" | "unfinished" }>): void {
    switch (message.type) {
      case "hello":
        this.#onHello(message.link, message.participant, message.incarnation);
        break;
      case "ended":
        this.#onEnded(message.link, message.generation, message.reason);
        break;
      case "links":
        this.#open = new Set(message.open);
        break;
      case "unfinished": {
        const more = message.count > this.#unfinished;
        this.#unfinished = message.count;
        if (more) this.#lookForPartners();
      }
    }
  }

  #all(): Link[] {
    return [...this.#links.values()];
  }

  #isPolite(participant: string): boolean {
    return this.#self !== null && this.#self.participant > participant;
  }

  #linkTo(participant: string, offerFirst: boolean): Link | null {
    const known = this.#all().find((link) => link.participant === participant);
    if (known) {
      if (!known.connection) this.#connect(known, offerFirst);
      return known;
    }
    const name = this.#names.get(participant);
    if (name === undefined || this.#self === null) return null;
    const link: Link = {
      key: `link-${this.#nextKey}`,
      participant,
      connection: null,
      generation: 0,
      connectedAt: null,
      retry: undefined,
    };
    this.#nextKey += 1;
    this.#links.set(link.key, link);
    this.post({ type: "link", link: link.key, participant, name });
    this.#connect(link, offerFirst);
    return link;
  }

  #connect(link: Link, offerFirst: boolean): void {
    clearTimeout(link.retry);
    link.connection = this.createLink({
      iceServers: this.#iceServers,
      offerFirst,
      polite: link.participant !== null && this.#isPolite(link.participant),
      send: (signal) => {
        if (link.participant !== null) this.signaling.signal(link.participant, signal);
      },
      events: {
        status: (status) => this.#onStatus(link, status),
        channels: (generation, channels) => {
          link.generation = generation;
          const { control, bulk, transfer } = sendableChannels(channels);
          this.post({ type: "channels", link: link.key, generation, control, bulk }, transfer);
        },
        fingerprints: (generation, own, partner) =>
          this.post({ type: "fingerprints", link: link.key, generation, own, partner }),
      },
    });
  }

  #onStatus(link: Link, status: string): void {
    if (status === "connected") {
      link.connectedAt = this.now();
      void this.#reportPath(link);
    } else if (status === "reconnecting") {
      this.post({ type: "path", link: link.key, works: false, relayed: null });
    } else if (status === "failed") {
      this.#disconnect(link);
      this.#retryLater(link);
    }
  }

  async #reportPath(link: Link): Promise<void> {
    const { connection } = link;
    const relayed = (await connection?.relayed().catch(() => null)) ?? null;
    if (link.connection === connection) this.post({ type: "path", link: link.key, works: true, relayed });
  }

  #onSignal(from: string, data: unknown): void {
    const checked = checkPeerSignal(data);
    if (!checked.ok || checked.value.connection !== "files" || !this.#names.has(from)) return;
    const signal = checked.value;
    const link = this.#all().find(({ participant }) => participant === from);
    if (link?.connection) {
      link.connection.receive(signal);
      return;
    }
    // Late candidates and answers are for a connection that is over.
    const isOffer = "description" in signal && signal.description.type === "offer";
    if (isOffer) this.#linkTo(from, false)?.connection?.receive(signal);
  }

  #onJoined({ self, room, participants, iceServers }: Extract<ServerMessage, { type: "joined" }>): void {
    const { incarnation } = room;
    const resumed = this.#self?.participant === self && this.#self.incarnation === incarnation;
    this.#self = { participant: self, incarnation };
    this.#names.replace(participants);
    this.post({ type: "identity", identity: this.#self });
    this.#setIceServers(iceServers);
    if (resumed) {
      for (const link of this.#all())
        if (link.participant !== null && !this.#names.has(link.participant)) this.#remove(link);
    } else {
      // Everybody has another ID. Links that work go on, and say whose they are.
      for (const link of this.#all()) {
        link.participant = null;
        this.post({ type: "link", link: link.key, participant: null, name: "" });
        setTimeout(() => this.#removeUnclaimed(link), MAX_UNCLAIMED_MS);
      }
    }
    this.#lookForPartners();
  }

  #removeUnclaimed(link: Link): void {
    if (link.participant === null && !this.#open.has(link.key)) this.#remove(link);
  }

  #onLeft(): void {
    this.#self = null;
    this.#names.clear();
    clearTimeout(this.#look);
    this.#look = undefined;
    for (const link of this.#all()) this.#remove(link);
  }

  #setIceServers(servers: readonly IceServer[]): void {
    this.#iceServers = servers;
    for (const { connection } of this.#all()) connection?.setIceServers(servers);
  }

  #onHello(key: LinkKey, participant: string, incarnation: string): void {
    const link = this.#links.get(key);
    const name = this.#names.get(participant);
    if (!link || name === undefined || incarnation !== this.#self?.incarnation) return;
    // Nobody takes over the link of another.
    if (link.participant !== null || this.#all().some((other) => other.participant === participant)) return;
    link.participant = participant;
    link.connection?.setPolite(this.#isPolite(participant));
    this.post({ type: "link", link: key, participant, name });
  }

  #onEnded(key: LinkKey, generation: number, reason: EndReason): void {
    const link = this.#links.get(key);
    if (!link || generation !== link.generation) return;
    this.#disconnect(link);
    if (!this.#open.has(key)) {
      this.#remove(link);
      return;
    }
    // After a violation it is left to the other side to make a connection that behaves.
    if (reason === "violation" || link.participant === null) return;
    const isNew = link.connectedAt !== null && this.now() - link.connectedAt < RETRY_MS;
    if (isNew) this.#retryLater(link);
    else this.#connect(link, !this.#isPolite(link.participant));
  }

  #retryLater(link: Link): void {
    clearTimeout(link.retry);
    if (!this.#open.has(link.key) || link.participant === null) {
      this.#remove(link);
      return;
    }
    link.retry = setTimeout(() => {
      if (!link.connection && link.participant !== null && this.#links.has(link.key))
        this.#connect(link, !this.#isPolite(link.participant));
    }, RETRY_MS);
  }

  #disconnect(link: Link): void {
    const { connection } = link;
    if (!connection) return;
    link.connection = null;
    this.post({ type: "disconnect", link: link.key });
    connection.close();
  }

  #remove(link: Link): void {
    if (!this.#links.delete(link.key)) return;
    clearTimeout(link.retry);
    // First, so that what arrived is made durable.
    this.post({ type: "unlink", link: link.key });
    link.connection?.close();
    link.connection = null;
  }

  /** Connects with everybody who may be the partner of an unfinished transfer. */
  #lookForPartners(): void {
    if (this.#unfinished === 0) return;
    if (this.#all().some(({ participant }) => participant === null) && this.#look === undefined) {
      this.#look = setTimeout(() => {
        this.#lookForPartners();
        this.#look = undefined;
      }, MAX_UNLABELLED_MS);
      return;
    }
    for (const participant of this.#names.ids()) {
      const link = this.#all().find((link) => link.participant === participant);
      // A link that is connected has announced only what was unfinished then.
      const announces = link?.connection && link.connectedAt !== null && !this.#open.has(link.key);
      if (announces) {
        this.#disconnect(link);
        this.#connect(link, true);
      } else this.#linkTo(participant, false);
    }
  }
}
