import type { CameraDemand } from "../quality/encoding";
import type { ConnectionContent, Tracks } from "./content";
import type { DataChannel } from "./data-channel";
import { Transceivers } from "./transceivers";

/** Microphone, camera, screen, and the text channel. */
export class MediaContent implements ConnectionContent {
  readonly connection = "media";
  readonly transceivers: Transceivers;

  constructor(
    private readonly pc: RTCPeerConnection,
    demand: CameraDemand,
    readonly channel: DataChannel,
  ) {
    this.transceivers = new Transceivers(pc, demand);
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

  localChange(): ((sdp: string) => string) | null {
    return this.transceivers.localChange();
  }

  describe(sdp: string): { sdp: string; tracks: NonNullable<Tracks> } {
    return {
      sdp: this.transceivers.withPreferences(sdp),
      tracks: this.transceivers.sourcesByMid(),
    };
  }
}
