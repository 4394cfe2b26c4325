/** The links that transfers go over, each with its participant as the page knows them. */
import { type ByteChannel, RtcByteChannel } from "../byte-channel";
import type { Candidate, DiskRequest, EndpointEvent, Identity } from "../endpoint";
import { RelayedChannel } from "../relayed-channel";
import type { TransferModule } from "../transfer-module";
import type { EndReason, LinkKey, ToFilesWorker } from "../worker-messages";
import { LOW_BUFFERED } from "./buffering";
import { PartnerLink } from "./partner-link";

export interface Link {
  partner: PartnerLink;
  participant: string | null;
  name: string;
  relayed: boolean | null;
}

/** What changes links, but for `unlink`, which is about their transfers. */
type LinkMessage = Extract<
  ToFilesWorker,
  { type: "identity" | "link" | "channels" | "fingerprints" | "path" | "disconnect" | "yield" }
>;

export interface PartnerLinksEvents {
  disk(link: LinkKey, request: DiskRequest, bytes: Uint8Array<ArrayBuffer>): void;
  event(link: LinkKey, event: Exclude<EndpointEvent, { type: "stripe" }>): void;
  /** Something of a link changed that its transfers show. */
  changed(): void;
  /** A connection is of no use any more. */
  ended(link: LinkKey, generation: number, reason: EndReason): void;
  candidates(): Candidate[];
}

export class PartnerLinks {
  #identity: Identity | null = null;
  #links = new Map<LinkKey, Link>();
  #yields = false;

  constructor(
    private readonly module: TransferModule,
    private readonly now: () => number,
    private readonly events: PartnerLinksEvents,
  ) {}

  /** `key`: null is none. */
  get(key: LinkKey | null): Link | undefined {
    return key === null ? undefined : this.#links.get(key);
  }

  /** To this participant. */
  keyTo(participant: string | null): LinkKey | undefined {
    return [...this.#links].find(([, link]) => link.participant === participant)?.[0];
  }

  /** False if there is none. */
  remove(key: LinkKey): boolean {
    const link = this.#links.get(key);
    this.#links.delete(key);
    link?.partner.close();
    return link !== undefined;
  }

  onMessage(message: LinkMessage): void {
    switch (message.type) {
      case "identity":
        this.#identity = message.identity;
        this.#each((partner) => partner.endpoint.setIdentity(message.identity));
        break;
      case "link":
        this.#add(message.link, message.participant, message.name);
        break;
      case "channels": {
        const [control, bulk] = [byteChannel(message.control), byteChannel(message.bulk)];
        this.#links.get(message.link)?.partner.addChannels(message.generation, control, bulk);
        break;
      }
      case "fingerprints":
        this.#links
          .get(message.link)
          ?.partner.setFingerprints(message.generation, message.own, message.partner);
        break;
      case "path": {
        const link = this.#links.get(message.link);
        if (!link) break;
        link.relayed = message.relayed;
        link.partner.setPathWorks(message.works);
        this.events.changed();
        break;
      }
      case "disconnect":
        this.#links.get(message.link)?.partner.disconnect();
        break;
      case "yield":
        this.#yields = message.yields;
        this.#each((partner) => partner.endpoint.setYielding(message.yields));
    }
  }

  #each(action: (partner: PartnerLink) => void): void {
    for (const { partner } of this.#links.values()) {
      action(partner);
      partner.pump();
    }
  }

  #add(key: LinkKey, participant: string | null, name: string): void {
    const known = this.#links.get(key);
    if (known) {
      Object.assign(known, { participant, name });
      this.events.changed();
      return;
    }
    if (!this.#identity) return;
    const partner = new PartnerLink(this.module, this.#identity, this.now, {
      disk: (request, bytes) => this.events.disk(key, request, bytes),
      event: (event) => this.events.event(key, event),
      connected: () => this.events.changed(),
      ended: (generation, reason) => this.events.ended(key, generation, reason),
      candidates: () => this.events.candidates(),
    });
    partner.endpoint.setYielding(this.#yields);
    this.#links.set(key, { partner, participant, name, relayed: null });
  }
}

function byteChannel(channel: RTCDataChannel | MessagePort): ByteChannel {
  return channel instanceof MessagePort
    ? new RelayedChannel(channel, LOW_BUFFERED)
    : new RtcByteChannel(channel, LOW_BUFFERED);
}
