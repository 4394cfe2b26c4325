import type { StreamId } from "../bridge";
import {
  type FrameHeader,
  HEADER_BYTES,
  MEDIA_PROTOCOL,
  readControl,
  readHeader,
  type ToWorker,
  writeControl,
} from "../wire";

const INITIAL_BACKOFF_MS = 100;
const MAX_BACKOFF_MS = 2_000;

export interface SocketEvents {
  /** Connected, for the first time or again: what was sent before may be lost. */
  open(): void;
  /** `payload` is a view of the message. */
  frame(header: FrameHeader, payload: Uint8Array): void;
  control(message: ToWorker): void;
  /** Closed or unreachable: once per interruption. It reconnects on its own. */
  lost(detail: string): void;
}

/** The media socket (`wire.ts`). Reconnects without end: it is local to this computer. */
export class MediaSocket {
  #socket: WebSocket | null = null;
  #failures = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  constructor(
    private readonly url: string,
    private readonly token: string,
    private readonly events: SocketEvents,
    private readonly connect = (url: string, protocols: string[]) => new WebSocket(url, protocols),
  ) {
    this.#open();
  }

  get ready(): boolean {
    return this.#socket?.readyState === 1; // OPEN
  }

  /** Bytes not sent yet. */
  get backlog(): number {
    return this.#socket?.bufferedAmount ?? 0;
  }

  /** False when it was not sent. */
  send(message: ArrayBuffer): boolean {
    if (!this.ready) return false;
    this.#socket?.send(message);
    return true;
  }

  requestKeyframe(stream: StreamId): void {
    if (this.ready) this.#socket?.send(writeControl({ type: "keyframe", stream }));
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#socket?.close();
    this.#socket = null;
  }

  #open(): void {
    let socket: WebSocket;
    try {
      socket = this.connect(this.url, [MEDIA_PROTOCOL, this.token]);
    } catch (error) {
      this.#onLost(String(error)); // Blocked by the Content Security Policy.
      return;
    }
    this.#socket = socket;
    socket.binaryType = "arraybuffer";
    socket.onopen = () => {
      this.#failures = 0;
      this.events.open();
    };
    socket.onmessage = ({ data }) => this.#onMessage(data);
    socket.onclose = ({ code }) => {
      if (this.#socket !== socket) return;
      this.#socket = null;
      this.#onLost(`media socket closed (${code})`);
    };
  }

  #onMessage(data: unknown): void {
    if (typeof data === "string") {
      const control = readControl(data);
      if (control) this.events.control(control);
    } else if (data instanceof ArrayBuffer) {
      const header = readHeader(data);
      if (header) this.events.frame(header, new Uint8Array(data, HEADER_BYTES));
    }
  }

  #onLost(detail: string): void {
    if (this.#closed) return;
    const wait = Math.min(MAX_BACKOFF_MS, INITIAL_BACKOFF_MS * 2 ** Math.min(this.#failures, 8));
    this.#failures += 1;
    this.#timer = setTimeout(() => this.#open(), wait);
    if (this.#failures === 1) this.events.lost(detail);
  }
}
