import type { ConnectionContent } from "./content";

export interface FilesChannels {
  control: RTCDataChannel;
  bulk: RTCDataChannel;
}

/** The two channels of a connection for files (docs/transfer.md, "Connections"). */
export class FilesContent implements ConnectionContent {
  readonly connection = "files";
  #created = false;

  /** `created`: called in the task that makes the channels, in which they can still be transferred to a worker. */
  constructor(
    private readonly pc: RTCPeerConnection,
    private readonly created: (channels: FilesChannels) => void,
  ) {}

  addInitial(): void {
    this.#create();
  }

  onRemoteDescription(): void {}

  /** Before the answer: what the other side sends needs a channel to arrive on. */
  prepareAnswer(): boolean {
    this.#create();
    return false;
  }

  addMissing(): void {}

  onExchanged(): void {}

  onRemoteChannel(channel: RTCDataChannel): void {
    channel.close();
  }

  describe(sdp: string): { sdp: string } {
    return { sdp };
  }

  #create(): void {
    if (this.#created) return;
    this.#created = true;
    this.created({
      control: this.pc.createDataChannel("control", { negotiated: true, id: 0, ordered: true }),
      bulk: this.pc.createDataChannel("bulk", { negotiated: true, id: 1, ordered: false }),
    });
  }
}
