/**
 * Data channels that stay with the page, for browsers that cannot transfer them to a worker (Chromium before 130, Firefox
 * before 144): messages pass through a MessagePort.
 */
import type { ByteChannel, ByteChannelListener } from "./byte-channel";
import { RtcByteChannel } from "./byte-channel";

type ToPage = { type: "send"; data: string | Uint8Array<ArrayBuffer> } | { type: "close" };
type ToWorker =
  | { type: "opened" }
  | { type: "message"; data: string | ArrayBuffer }
  /** So many bytes are no longer buffered. */
  | { type: "sent"; bytes: number }
  | { type: "closed" };

/** The page's side. Returns the port for the worker. */
export function relayChannel(rtc: RTCDataChannel, lowThreshold: number): MessagePort {
  const { port1: port, port2 } = new MessageChannel();
  const channel = new RtcByteChannel(rtc, lowThreshold);
  const post = (message: ToWorker, transfer: Transferable[] = []) => port.postMessage(message, transfer);
  let unreported = 0;
  const report = () => {
    const bytes = unreported - channel.bufferedAmount;
    if (bytes <= 0) return;
    unreported -= bytes;
    post({ type: "sent", bytes });
  };
  channel.on({
    opened: () => post({ type: "opened" }),
    message: (data) => post({ type: "message", data }, typeof data === "string" ? [] : [data]),
    low: report,
    closed: () => post({ type: "closed" }),
  });
  port.onmessage = ({ data }: MessageEvent<ToPage>) => {
    if (data.type === "close") {
      channel.close();
      port.close();
      return;
    }
    report();
    try {
      channel.send(data.data);
      unreported += sizeOf(data.data);
      // Below the threshold there is no event.
      if (channel.bufferedAmount <= lowThreshold) report();
    } catch {
      // The worker keeps to its limit, so the queue is not full: the channel is closed.
      channel.close();
    }
  };
  return port2;
}

/** The worker's side. */
export class RelayedChannel implements ByteChannel {
  open = false;
  bufferedAmount = 0;
  #listener: ByteChannelListener | null = null;

  constructor(
    private readonly port: MessagePort,
    private readonly lowThreshold: number,
  ) {}

  send(data: string | Uint8Array<ArrayBuffer>): void {
    if (!this.open) throw new DOMException("the channel is not open", "InvalidStateError");
    this.bufferedAmount += sizeOf(data);
    this.port.postMessage({ type: "send", data }, typeof data === "string" ? [] : [data.buffer]);
  }

  close(): void {
    this.open = false;
    this.port.postMessage({ type: "close" });
  }

  on(listener: ByteChannelListener): void {
    this.#listener = listener;
    this.port.onmessage = ({ data }: MessageEvent<ToWorker>) => this.#receive(data);
  }

  #receive(message: ToWorker): void {
    switch (message.type) {
      case "opened":
        this.open = true;
        this.#listener?.opened();
        break;
      case "message":
        this.#listener?.message(message.data);
        break;
      case "sent": {
        const before = this.bufferedAmount;
        this.bufferedAmount = Math.max(0, before - message.bytes);
        if (before > this.lowThreshold && this.bufferedAmount <= this.lowThreshold) this.#listener?.low();
        break;
      }
      case "closed":
        this.open = false;
        this.#listener?.closed();
    }
  }
}

/** As `bufferedAmount` counts it. */
function sizeOf(data: string | Uint8Array): number {
  return typeof data === "string" ? new TextEncoder().encode(data).length : data.length;
}
