import type { ConnectionContent, Tracks } from "./content";
import type { DataChannel } from "./data-channel";
import { preferOpusFecAndDtx } from "./sdp";
import { Transceivers } from "./transceivers";

/** Microphone, camera, screen, and the text channel. */
export class MediaContent implements ConnectionContent {
  readonly connection = "media";
  readonly transceivers: Transceivers;

  constructor(
    private readonly pc: RTCPeerConnection,
    links: number,
    readonly channel: DataChannel,
  ) {
    this.transceivers = new Transceivers(pc, links);
  }

  addInitial(): void {
    this.channel.create(this.pc);
    this.transceivers.addInitial();
  }

  onRemoteDescription(sdp: string, tracks: Tracks): void {
    this.transceivers.onRemoteDescription(sdp, tracks);
  }

  prepareAnswer(): boolean {
    return this.transceivers.reuseOffered();
  }

  addMissing(): void {
    this.transceivers.addMissing();
  }

  onExchanged(): void {
    this.transceivers.applyEncodingLimits();
  }

  onRemoteChannel(channel: RTCDataChannel): void {
    this.channel.onRemoteChannel(channel);
  }

  describe(sdp: string): { sdp: string; tracks: NonNullable<Tracks> } {
    return {
      sdp: this.transceivers.withCodecOrder(preferOpusFecAndDtx(sdp)),
      tracks: this.transceivers.sourcesByMid(),
    };
  }
}
