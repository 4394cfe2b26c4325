import { LIMITS } from "../../../protocol/generated";

export const CHANNEL_LABEL = "maru";
/** Most bytes buffered before a message is refused: a stalled path must not collect a minute of messages. */
const MAX_BUFFERED_BYTES = 256 * 1024;
/** Channels held at once: the local one, the remote one, and one that is being replaced. */
const MAX_CHANNELS = 4;

export interface DataChannelEvents {
  open(): void;
  message(text: string): void;
}

/**
 * The text channel of a link, over one or more RTCDataChannels. The offerer creates one, so after a glare there are two,
 * and a client that only answers may open its own. Messages are read from all of them and sent on one: the impolite
 * side's if both are open, which both sides determine alike.
 */
export class DataChannel {
  #local: RTCDataChannel | null = null;
  #channels = new Set<RTCDataChannel>();
  #selected: RTCDataChannel | null = null;
  #encoder = new TextEncoder();

  constructor(
    private readonly polite: () => boolean,
    private readonly events: DataChannelEvents,
  ) {}

  /** Before the first local offer. */
  create(pc: RTCPeerConnection): void {
    if (this.#channels.size > 0) return;
    this.#local = pc.createDataChannel(CHANNEL_LABEL, { ordered: true });
    this.#add(this.#local);
  }

  /** Closes channels with another label, and more than `MAX_CHANNELS`. */
  onRemoteChannel(channel: RTCDataChannel): void {
    if (channel.label === CHANNEL_LABEL && this.#channels.size < MAX_CHANNELS) this.#add(channel);
    else channel.close();
  }

  /** False when it was not sent. */
  send(text: string): boolean {
    const channel = this.#selected;
    if (channel?.readyState !== "open" || channel.bufferedAmount > MAX_BUFFERED_BYTES) return false;
    if (this.#encoder.encode(text).length > LIMITS.maxPeerMessageBytes) return false;
    try {
      channel.send(text);
      return true;
    } catch {
      return false; // Closed between the check and the call.
    }
  }

  #add(channel: RTCDataChannel): void {
    this.#channels.add(channel);
    channel.onopen = () => this.#select();
    channel.onclose = () => {
      this.#channels.delete(channel);
      this.#select();
    };
    channel.onmessage = (event) => {
      if (typeof event.data === "string" && event.data.length <= LIMITS.maxPeerMessageBytes) {
        this.events.message(event.data);
      }
    };
    if (channel.readyState === "open") this.#select();
  }

  #select(): void {
    const open = [...this.#channels].filter((channel) => channel.readyState === "open");
    const preferred = open.find((channel) => (channel === this.#local) !== this.polite()) ?? open[0] ?? null;
    if (preferred === this.#selected) return;
    this.#selected = preferred;
    if (preferred) this.events.open();
  }
}
