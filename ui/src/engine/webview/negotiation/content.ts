import type { PeerSignal } from "../../../protocol/generated";

/** What a signal with a description says of its media sections. */
export type Tracks = Extract<PeerSignal, { description: unknown }>["tracks"];

/** What an RTCPeerConnection carries: its media sections and data channels. */
export interface ConnectionContent {
  /** The connection of the pair that it belongs to, in signals. */
  readonly connection: "media" | "files";
  /** Adds what the first offer describes; the browser then fires `negotiationneeded`. */
  addInitial(): void;
  /** A remote description was applied. */
  onRemoteDescription(sdp: string, tracks: Tracks): void;
  /** After a remote offer, before the answer. Returns whether the answer starts to send in sections that the offer created. */
  prepareAnswer(): boolean;
  /** After the answer: adds what the offer had no place for. */
  addMissing(): void;
  /** An offer was answered. */
  onExchanged(): void;
  onRemoteChannel(channel: RTCDataChannel): void;
  /** What has to be changed in the local description that the browser makes; null: nothing. Absent: never anything. */
  localChange?(): ((sdp: string) => string) | null;
  /** A local description as it is sent. */
  describe(sdp: string): { sdp: string; tracks?: NonNullable<Tracks> };
}
