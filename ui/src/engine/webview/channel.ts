import { LIMITS } from "../../protocol/generated";

export const CHANNEL_LABEL = "maru";
/** What may wait in the channel, in bytes: a stalled path must not collect a minute of messages. */
const MAX_BUFFERED_BYTES = 256 * 1024;
/** Channels held at once: ours, theirs, and one that is being replaced. */
const MAX_CHANNELS = 4;

/**
 * The one text channel of a link. Whoever offers creates it, so after a glare there are two, and a tool
 * that only answers may open one of its own. Everything is read from all of them; what we say goes on one:
 * the impolite side's, where both are open, which both sides work out alike.
 */
export class Channel {
  #own: RTCDataChannel | null = null;
  #channels = new Set<RTCDataChannel>();
  #current: RTCDataChannel | null = null;
  #encoder = new TextEncoder();

  constructor(
    private readonly polite: () => boolean,
    private readonly events: { open(): void; message(text: string): void },
  ) {}

  /** Before our first offer. */
  create(pc: RTCPeerConnection): void {
    if (this.#channels.size > 0) return;
    this.#own = pc.createDataChannel(CHANNEL_LABEL, { ordered: true });
    this.#watch(this.#own);
  }

  incoming(channel: RTCDataChannel): void {
    if (channel.label === CHANNEL_LABEL && this.#channels.size < MAX_CHANNELS) this.#watch(channel);
    else channel.close();
  }

  /** False when it was not sent. */
  send(text: string): boolean {
    const channel = this.#current;
    if (channel?.readyState !== "open" || channel.bufferedAmount > MAX_BUFFERED_BYTES) return false;
    if (this.#encoder.encode(text).length > LIMITS.maxPeerMessageBytes) return false;
    try {
      channel.send(text);
      return true;
    } catch {
      return false; // Closed between the check and the call.
    }
  }

  #watch(channel: RTCDataChannel): void {
    this.#channels.add(channel);
    channel.onopen = () => this.#choose();
    channel.onclose = () => {
      this.#channels.delete(channel);
      this.#choose();
    };
    channel.onmessage = (event) => {
      if (typeof event.data === "string" && event.data.length <= LIMITS.maxPeerMessageBytes) {
        this.events.message(event.data);
      }
    };
    if (channel.readyState === "open") this.#choose();
  }

  #choose(): void {
    const open = [...this.#channels].filter((channel) => channel.readyState === "open");
    const preferred = open.find((channel) => (channel === this.#own) !== this.polite()) ?? open[0] ?? null;
    if (preferred === this.#current) return;
    this.#current = preferred;
    if (preferred) this.events.open();
  }
}
