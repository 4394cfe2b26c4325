import { SUBPROTOCOL } from "../../protocol/generated";
import type { JoinRequest, Signaling, SignalingEvent } from "../types";
import { Session, type SessionEffect } from "./session";

/** A socket with more unsent data than this counts as dead, in bytes. */
const MAX_BUFFERED_BYTES = 4 * 1024 * 1024;

/** Runs a session on a WebSocket, a timer and the events of the page. */
export class BrowserSignaling implements Signaling {
  #session = new Session(Math.random);
  #socket: { number: number; ws: WebSocket } | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #listeners = new Set<(event: SignalingEvent) => void>();

  constructor(private readonly url: string) {
    addEventListener("online", () => this.retry());
    // The heartbeat would find it out later. Where the server is on this computer, the socket still works.
    addEventListener("offline", () => this.#run(this.#session.check(Date.now())));
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.retry();
    });
    // Without `leave`, each reload would leave an absent participant in the room until the resume window ends. The
    // session keeps its state: if the page is restored from the back/forward cache, it finds the socket closed and
    // joins again.
    addEventListener("pagehide", () => {
      if (this.#socket?.ws.readyState === WebSocket.OPEN) {
        this.#socket.ws.send(JSON.stringify({ type: "leave" }));
        this.#socket.ws.close(1000);
      }
    });
  }

  join(request: JoinRequest): void {
    this.#run(this.#session.join(request, Date.now()));
  }

  signal(to: string, data: unknown): void {
    this.#run(this.#session.signal(to, data));
  }

  retry(): void {
    this.#run(this.#session.probe(Date.now()));
  }

  leave(): void {
    this.#run(this.#session.leave());
  }

  subscribe(listener: (event: SignalingEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #run(effects: SessionEffect[]): void {
    for (const effect of effects) {
      switch (effect.type) {
        case "connect":
          this.#connect(effect.socket);
          break;
        case "send":
          this.#send(effect.socket, effect.frame);
          break;
        case "close":
          if (this.#socket?.number === effect.socket) {
            this.#socket.ws.close(1000);
            this.#socket = null;
          }
          break;
        case "notify":
          for (const listener of [...this.#listeners]) listener(effect.event);
      }
    }
    this.#schedule();
  }

  #connect(number: number): void {
    const ws = new WebSocket(this.url, SUBPROTOCOL);
    this.#socket = { number, ws };
    ws.onopen = () => this.#run(this.#session.connected(number, Date.now()));
    ws.onmessage = (event) => {
      if (typeof event.data === "string") this.#run(this.#session.received(number, event.data, Date.now()));
    };
    ws.onclose = (event) => {
      if (this.#socket?.number === number) this.#socket = null;
      const reason = event.reason ? ` ${event.reason}` : "";
      this.#run(this.#session.closed(number, event.code, `closed ${event.code}${reason}`, Date.now()));
    };
  }

  #send(number: number, frame: string): void {
    const socket = this.#socket;
    if (socket?.number !== number || socket.ws.readyState !== WebSocket.OPEN) return;
    // Closing it makes the session reconnect.
    if (socket.ws.bufferedAmount > MAX_BUFFERED_BYTES) socket.ws.close();
    else socket.ws.send(frame);
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    const due = this.#session.deadline();
    if (due === null) return;
    this.#timer = setTimeout(() => this.#run(this.#session.tick(Date.now())), Math.max(0, due - Date.now()));
  }
}
