import type { IceServer, PeerSignal } from "../../protocol/generated";
import type { LinkStatus } from "../types";
import { type FilesChannels, FilesContent } from "./negotiation/files-content";
import { NegotiatedLink } from "./negotiation/negotiated-link";
import { sha256Fingerprint } from "./negotiation/sdp";
import { isRelayed } from "./quality/relayed";

export type { FilesChannels };

export interface FilesLinkOptions {
  iceServers: readonly IceServer[];
  offerFirst: boolean;
  polite: boolean;
  send(signal: PeerSignal): void;
  events: {
    status(status: LinkStatus, detail: string): void;
    /** The channels of another RTCPeerConnection, still connecting. In this task they can be transferred to a worker. */
    channels(generation: number, channels: FilesChannels): void;
    /** The certificates of that RTCPeerConnection, as 64 hexadecimal digits of SHA-256 each. */
    fingerprints(generation: number, own: string, partner: string): void;
  };
}

/** The connection for files with a participant (docs/transfer.md, "Connections"). */
export interface FilesLink {
  receive(signal: PeerSignal): void;
  setPolite(polite: boolean): void;
  setIceServers(servers: readonly IceServer[]): void;
  restartIce(): void;
  /** Through a TURN server; null without a path. */
  relayed(): Promise<boolean | null>;
  close(): void;
}

let generations = 0;

export function createFilesLink({ events, ...options }: FilesLinkOptions): FilesLink {
  const numbers = new WeakMap<FilesContent, number>();
  const reportFingerprints = () => {
    const { pc, content } = link.connection;
    const own = sha256Fingerprint(pc.currentLocalDescription?.sdp ?? "");
    const partner = sha256Fingerprint(pc.currentRemoteDescription?.sdp ?? "");
    const generation = numbers.get(content);
    if (own && partner && generation !== undefined) events.fingerprints(generation, own, partner);
  };
  const link: NegotiatedLink<FilesContent> = new NegotiatedLink<FilesContent>({
    ...options,
    connection: "files",
    newContent: (pc) => {
      generations += 1;
      const generation = generations;
      const content = new FilesContent(pc, (channels) => events.channels(generation, channels));
      numbers.set(content, generation);
      return content;
    },
    events: {
      status: (status, detail) => {
        if (status === "connected") reportFingerprints();
        events.status(status, detail);
      },
      made: () => {},
      replaced: () => {},
      applied: reportFingerprints,
      tracks: () => {},
      tick: () => {},
    },
  });
  return {
    receive: (signal) => link.receive(signal),
    setPolite: (polite) => link.setPolite(polite),
    setIceServers: (servers) => link.setIceServers(servers),
    restartIce: () => link.restartIce(),
    relayed: () => isRelayed(link.connection.pc),
    close: () => {
      if (link.close()) events.status("closed", "");
    },
  };
}

/**
 * Whether this browser can transfer data channels to a worker. Tried with a channel that nobody needs: one that could not be
 * transferred may be of no use any more.
 */
export function canTransferChannels(): boolean {
  const pc = new RTCPeerConnection();
  const { port1, port2 } = new MessageChannel();
  try {
    const channel = pc.createDataChannel("probe");
    port1.postMessage(channel, [channel as unknown as Transferable]);
    return true;
  } catch {
    return false;
  } finally {
    port1.close();
    port2.close();
    pc.close();
  }
}
