import { SUBPROTOCOL } from "../../protocol/generated";
import type { JoinRequest, Signaling, SignalingEvent } from "../types";
import { Session, type SessionEffect } from "./session";

/** What a socket may hold unsent before it counts as stuck, in bytes. */
const MAX_BUFFERED_BYTES = 4 * 1024 * 1024;

/** The session with a WebSocket, a timer and the page's own events around it. */
export class BrowserSignaling implements Signaling {
  #session = new Session(Math.random);
  #socket: { number: number; ws: WebSocket } | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #listeners = new Set<(event: SignalingEvent) => void>();

  constructor(private readonly url: string) {
    addEventListener("online", () => this.#run(this.#session.nudged(Date.now())));
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.#run(this.#session.nudged(Date.now()));
    });
    // Without a goodbye the others would see an absent participant, and the room a full seat, for the
    // whole resume window after every reload. The session is not told: should the page be restored from
    // the back/forward cache, it finds its socket closed and joins again.
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
        case "open":
          this.#open(effect.socket);
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
        case "emit":
          for (const listener of [...this.#listeners]) listener(effect.event);
      }
    }
    this.#schedule();
  }

  #open(number: number): void {
    const ws = new WebSocket(this.url, SUBPROTOCOL);
    this.#socket = { number, ws };
    ws.onopen = () => this.#run(this.#session.opened(number, Date.now()));
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
    // A socket this far behind is dead or as good as dead: closing it starts the reconnect.
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
