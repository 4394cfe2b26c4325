/**
 * The transfers with one participant: moves messages between their endpoint and the channels of the connection that is in
 * use. Everything follows from events of channels, disks and the worker's own timers.
 */
import type { ByteChannel } from "../byte-channel";
import type { Candidate, DiskRequest, EndpointEvent, Identity, Output } from "../endpoint";
import { Endpoint } from "../endpoint";
import type { TransferModule } from "../transfer-module";
import { MAX_BUFFERED } from "./buffering";

/** Bytes of control messages that wait, beyond which the manifest waits. */
const MAX_CONTROL_BUFFERED = 256 << 10;
/** After so long the channels are looked at again, in case an event was missed. Milliseconds. */
const WATCHDOG_MS = 1_000;
/** How long a closing connection may take to send what is queued, in milliseconds. */
const MAX_CLOSING_MS = 1_000;
/** Messages kept of a connection whose partner's certificate is not known yet. */
const MAX_EARLY = 256;

export interface PartnerLinkEvents {
  disk(request: DiskRequest, bytes: Uint8Array<ArrayBuffer>): void;
  event(event: Exclude<EndpointEvent, { type: "stripe" }>): void;
  /** The endpoint is connected, or no longer. */
  connected(connected: boolean): void;
  /** The connection is of no use any more. */
  ended(generation: number, reason: "silent" | "idle" | "violation" | "closed"): void;
  candidates(): Candidate[];
}

interface Connection {
  generation: number;
  control: ByteChannel;
  bulk: ByteChannel;
  fingerprints: { own: string; partner: string } | null;
  /** What arrived before the endpoint was connected. */
  early: { channel: "control" | "bulk"; data: string | ArrayBuffer }[];
}

export class PartnerLink {
  readonly endpoint: Endpoint;
  /** Being opened, by generation. */
  #opening = new Map<number, Connection>();
  #fingerprints = new Map<number, { own: string; partner: string }>();
  #connection: Connection | null = null;
  /** A bulk message that the channel did not take. */
  #held: Uint8Array<ArrayBuffer> | null = null;
  /** Control messages that the endpoint counts as unsent. */
  #unsent = 0;
  #pumping = false;
  #again = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #timerAt = Number.POSITIVE_INFINITY;
  #watchdog: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  constructor(
    module: TransferModule,
    identity: Identity,
    private readonly now: () => number,
    private readonly events: PartnerLinkEvents,
  ) {
    this.endpoint = new Endpoint(module, identity, now);
  }

  get closed(): boolean {
    return this.#closed;
  }

  get connected(): boolean {
    return this.#connection !== null;
  }

  addChannels(generation: number, control: ByteChannel, bulk: ByteChannel): void {
    const fingerprints = this.#fingerprints.get(generation) ?? null;
    const connection: Connection = { generation, control, bulk, fingerprints, early: [] };
    this.#opening.set(generation, connection);
    const listener = (channel: "control" | "bulk") => ({
      opened: () => this.#onReady(connection),
      message: (data: string | ArrayBuffer) => this.#onMessage(connection, channel, data),
      low: () => this.pump(),
      closed: () => this.#onClosed(connection),
    });
    control.on(listener("control"));
    bulk.on(listener("bulk"));
  }

  setFingerprints(generation: number, own: string, partner: string): void {
    this.#fingerprints.set(generation, { own, partner });
    const connection = this.#opening.get(generation);
    if (!connection) return;
    connection.fingerprints = { own, partner };
    this.#onReady(connection);
  }

  /** The page closed the RTCPeerConnection, or is about to. */
  disconnect(): void {
    for (const { control, bulk } of this.#opening.values()) {
      control.close();
      bulk.close();
    }
    this.#opening.clear();
    this.#fingerprints.clear();
    this.#leave()?.bulk.close();
    this.pump();
  }

  setPathWorks(works: boolean): void {
    this.endpoint.setPathWorks(works);
    this.pump();
  }

  close(): void {
    if (this.#closed) return;
    this.disconnect();
    this.#closed = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#watchdog);
    this.endpoint.close();
  }

  /** Does what the endpoint asks for. To be called after each of its methods. */
  pump(): void {
    if (this.#pumping) {
      this.#again = true;
      return;
    }
    if (this.#closed) return;
    this.#pumping = true;
    try {
      do {
        this.#again = false;
        for (let next = this.endpoint.poll(); next !== null; next = this.endpoint.poll())
          this.#perform(next.output, next.bytes);
        if (this.#sendBulk() || this.#reportSent()) this.#again = true;
      } while (this.#again && !this.#closed);
    } finally {
      this.#pumping = false;
    }
    if (!this.#closed) this.#schedule();
  }

  #perform(output: Output, bytes: Uint8Array<ArrayBuffer>): void {
    switch (output.type) {
      case "control":
        this.#unsent += 1;
        try {
          this.#connection?.control.send(output.text);
        } catch {
          // Closed: its event follows.
        }
        break;
      case "close":
        this.#end(output.reason);
        break;
      case "stripe":
        break;
      case "hello":
      case "offered":
      case "accepted":
      case "found":
      case "changed":
      case "entry-failed":
      case "present":
      case "entry-done":
      case "sent":
      case "ended":
        this.events.event(output);
        break;
      default:
        this.events.disk(output, bytes);
    }
  }

  /** Returns whether anything was sent. */
  #sendBulk(): boolean {
    const bulk = this.#connection?.bulk;
    let sent = false;
    while (bulk?.open && bulk.bufferedAmount < MAX_BUFFERED) {
      const message = this.#held ?? this.endpoint.pollBulk();
      if (message === null) break;
      this.#held = message;
      try {
        bulk.send(message);
      } catch {
        break; // The queue is full, or the channel closed just now: an event or the watchdog follows.
      }
      this.#held = null;
      sent = true;
    }
    return sent;
  }

  /** Returns whether the endpoint may have more to send. */
  #reportSent(): boolean {
    if (this.#unsent === 0 || (this.#connection?.control.bufferedAmount ?? 0) > MAX_CONTROL_BUFFERED)
      return false;
    this.endpoint.onControlSent(this.#unsent);
    this.#unsent = 0;
    return true;
  }

  #onMessage(connection: Connection, channel: "control" | "bulk", data: string | ArrayBuffer): void {
    if (this.#connection !== connection) {
      if (this.#opening.get(connection.generation) === connection && connection.early.length < MAX_EARLY)
        connection.early.push({ channel, data });
      return;
    }
    this.#receive(channel, data);
    this.pump();
  }

  #receive(channel: "control" | "bulk", data: string | ArrayBuffer): void {
    try {
      if (channel === "control") {
        // A binary message is malformed, as the endpoint finds.
        this.endpoint.onControl(typeof data === "string" ? data : "");
      } else {
        this.endpoint.onBulk(typeof data === "string" ? new Uint8Array() : new Uint8Array(data));
      }
    } catch {
      // Longer than the exchange buffer, and so than any message may be.
      this.#end("violation");
    }
  }

  #onReady(connection: Connection): void {
    const { generation, control, bulk, fingerprints, early } = connection;
    if (this.#opening.get(generation) !== connection) return;
    if (!control.open || !bulk.open || fingerprints === null) return;
    this.#opening.delete(generation);
    this.#fingerprints.delete(generation);
    this.#leave()?.bulk.close();
    this.#connection = connection;
    this.endpoint.onConnected(fingerprints.own, fingerprints.partner, this.events.candidates());
    this.events.connected(true);
    for (const { channel, data } of early) this.#receive(channel, data);
    connection.early = [];
    this.pump();
  }

  #onClosed(connection: Connection): void {
    this.#opening.delete(connection.generation);
    if (this.#connection !== connection) return;
    this.#leave();
    this.events.ended(connection.generation, "closed");
    this.pump();
  }

  /** The endpoint gives the connection up. What is queued on the control channel is sent before it closes. */
  #end(reason: "silent" | "idle" | "violation"): void {
    const connection = this.#connection;
    this.#connection = null;
    this.#held = null;
    this.#unsent = 0;
    // The endpoint has given it up already, except where the violation was found here.
    this.endpoint.onDisconnected();
    this.events.connected(false);
    if (!connection) return;
    const since = this.now();
    const close = () => {
      const waits = connection.control.open && connection.control.bufferedAmount > 0;
      if (reason !== "silent" && waits && this.now() - since < MAX_CLOSING_MS) setTimeout(close, 50);
      else this.events.ended(connection.generation, reason);
    };
    close();
  }

  /** The connection in use is gone. */
  #leave(): Connection | null {
    const connection = this.#connection;
    if (!connection) return null;
    this.#connection = null;
    this.#held = null;
    this.#unsent = 0;
    this.endpoint.onDisconnected();
    this.events.connected(false);
    return connection;
  }

  #schedule(): void {
    const due = this.endpoint.timeout ?? Number.POSITIVE_INFINITY;
    // A timer that fires too early only sets another.
    if (due < this.#timerAt || this.#timerAt < this.now()) {
      clearTimeout(this.#timer);
      this.#timerAt = due;
      if (due < Number.POSITIVE_INFINITY)
        this.#timer = setTimeout(() => this.#onTimer(), Math.max(0, due - this.now()));
    }
    const waits = (this.#connection?.bulk.bufferedAmount ?? 0) > 0 || this.#held !== null;
    if (waits && this.#watchdog === undefined) {
      this.#watchdog = setTimeout(() => {
        this.#watchdog = undefined;
        this.pump();
      }, WATCHDOG_MS);
    }
  }

  #onTimer(): void {
    this.#timerAt = Number.POSITIVE_INFINITY;
    const due = this.endpoint.timeout;
    if (due !== null && due <= this.now()) this.endpoint.onTimeout();
    this.pump();
  }
}
