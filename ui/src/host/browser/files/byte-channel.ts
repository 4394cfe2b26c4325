/** What the worker needs of an RTCDataChannel: the channel itself, or one that stays with the page (`relayed-channel.ts`). */
export interface ByteChannel {
  readonly open: boolean;
  /** Bytes that wait to be sent. */
  readonly bufferedAmount: number;
  /** @throws if it is not open, or its queue is full. */
  send(data: string | Uint8Array<ArrayBuffer>): void;
  close(): void;
  on(listener: ByteChannelListener): void;
}

export interface ByteChannelListener {
  opened(): void;
  message(data: string | ArrayBuffer): void;
  /** Fewer bytes wait than the threshold. */
  low(): void;
  closed(): void;
}

export class RtcByteChannel implements ByteChannel {
  /** `lowThreshold`: set before anything is sent, as the event comes only when the amount falls below it. */
  constructor(
    private readonly channel: RTCDataChannel,
    lowThreshold: number,
  ) {
    channel.binaryType = "arraybuffer";
    channel.bufferedAmountLowThreshold = lowThreshold;
  }

  get open(): boolean {
    return this.channel.readyState === "open";
  }

  get bufferedAmount(): number {
    return this.channel.bufferedAmount;
  }

  send(data: string | Uint8Array<ArrayBuffer>): void {
    if (typeof data === "string") this.channel.send(data);
    else this.channel.send(data);
  }

  close(): void {
    this.channel.close();
  }

  on(listener: ByteChannelListener): void {
    this.channel.onopen = () => listener.opened();
    this.channel.onmessage = ({ data }) => listener.message(data);
    this.channel.onbufferedamountlow = () => listener.low();
    this.channel.onclose = () => listener.closed();
    if (this.open) listener.opened();
  }
}
