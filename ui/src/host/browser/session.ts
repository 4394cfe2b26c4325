/**
 * The browser's signaling session without I/O: events and the time go in, effects come out, and
 * `deadline` says when it wants to hear `tick`. `signaling.ts` puts a WebSocket and a clock around it.
 *
 * What can happen to it:
 * - from the call: `join`, `leave`, `signal`
 * - from the socket: `opened`, `received`, `closed` (with the socket's number: late news of an old
 *   socket is ignored)
 * - from the page: `nudged` (the network is back, or the page is visible again)
 * - from the clock: `tick`
 */
import { checkServerMessage, isErrorCode } from "../../protocol/check";
import { type ClientMessage, type ErrorCode, LIMITS, type Other } from "../../protocol/generated";
import type { JoinRequest, SignalingEvent, SignalingStatus } from "../types";
import { backoff } from "./backoff";
import { Outbox } from "./outbox";
import { finalClose, verdictOf } from "./verdict";

export type SessionEffect =
  | { type: "open"; socket: number }
  | { type: "send"; socket: number; frame: string }
  | { type: "close"; socket: number }
  | { type: "emit"; event: SignalingEvent };

/** Longest wait for the WebSocket handshake, and for the answer to `join`, in milliseconds. */
export const OPEN_TIMEOUT_MS = 8_000;
export const JOIN_TIMEOUT_MS = 10_000;
/** Longest wait for any sign of life after a nudge, in milliseconds. */
export const PROBE_TIMEOUT_MS = 3_000;
/** A tick this late means that the page was frozen: what the silence says about the server is nothing. */
const FROZEN_MS = 2_000;

interface Membership {
  self: string;
  incarnation: string;
  resume: string;
}

type Socket =
  | { kind: "none" }
  /** The next try is due at `at`. */
  | { kind: "waiting"; at: number }
  | { kind: "opening"; number: number; until: number }
  | { kind: "open"; number: number; joinedBy: number | null; heard: number; pingAt: number; deadAt: number };

export class Session {
  #request: JoinRequest | null = null;
  #member: Membership | null = null;
  #socket: Socket = { kind: "none" };
  #attempt = 0;
  #sockets = 0;
  #detail = "";
  /** An error of a later version of the wire: should the server close the socket now, it is why. */
  #unknownError: { code: Other; detail: string } | null = null;
  #outbox = new Outbox();
  #effects: SessionEffect[] = [];

  constructor(private readonly random: () => number) {}

  /** When `tick` is due, in milliseconds on the caller's clock; null: not before something else happens. */
  deadline(): number | null {
    const socket = this.#socket;
    switch (socket.kind) {
      case "none":
        return null;
      case "waiting":
        return socket.at;
      case "opening":
        return socket.until;
      case "open":
        return Math.min(socket.pingAt, socket.deadAt, socket.joinedBy ?? Number.POSITIVE_INFINITY);
    }
  }

  join(request: JoinRequest, now: number): SessionEffect[] {
    this.#end();
    this.#request = request;
    this.#status({ kind: "connecting" });
    this.#open(now);
    return this.#take();
  }

  leave(): SessionEffect[] {
    if (this.#request) {
      this.#end();
      this.#status({ kind: "idle" });
    }
    return this.#take();
  }

  signal(to: string, data: unknown): SessionEffect[] {
    if (!this.#request || !this.#member) return [];
    const frame = encode({ type: "signal", to, data });
    if (this.#socket.kind === "open" && this.#socket.joinedBy === null) {
      this.#effects.push({ type: "send", socket: this.#socket.number, frame });
    } else {
      this.#outbox.push(frame);
    }
    return this.#take();
  }

  opened(number: number, now: number): SessionEffect[] {
    const socket = this.#socket;
    if (socket.kind === "opening" && socket.number === number && this.#request) {
      this.#socket = {
        kind: "open",
        number,
        joinedBy: now + JOIN_TIMEOUT_MS,
        heard: now,
        pingAt: now + LIMITS.pingIntervalMs,
        deadAt: now + LIMITS.deadAfterMs,
      };
      const { room, name, token } = this.#request;
      this.#send({
        type: "join",
        room,
        name,
        ...(token === undefined ? {} : { token }),
        ...(this.#member ? { resume: this.#member.resume } : {}),
      });
    }
    return this.#take();
  }

  received(number: number, frame: string, now: number): SessionEffect[] {
    const socket = this.#socket;
    if (socket.kind !== "open" || socket.number !== number) return [];
    socket.heard = now;
    socket.deadAt = now + LIMITS.deadAfterMs;
    const checked = checkServerMessage(frame);
    // A message this version does not know is no reason to end a call over.
    if (!checked.ok) return [];
    const message = checked.value;
    switch (message.type) {
      case "pong":
        if (message.iceServers && socket.joinedBy === null)
          this.#effects.push({ type: "emit", event: { type: "message", message } });
        break;
      case "joined": {
        const resumed =
          this.#member?.self === message.self && this.#member.incarnation === message.room.incarnation;
        this.#member = {
          self: message.self,
          incarnation: message.room.incarnation,
          resume: message.resume,
        };
        socket.joinedBy = null;
        this.#attempt = 0;
        this.#effects.push({ type: "emit", event: { type: "message", message } });
        this.#status({ kind: "online" });
        const waiting = this.#outbox.take();
        if (resumed) {
          for (const text of waiting)
            this.#effects.push({ type: "send", socket: socket.number, frame: text });
        }
        break;
      }
      case "error":
        this.#error(message.code, message.message, socket.joinedBy !== null, now);
        if (this.#request) this.#effects.push({ type: "emit", event: { type: "message", message } });
        break;
      default:
        // Nothing of a room before its `joined`.
        if (socket.joinedBy === null)
          this.#effects.push({ type: "emit", event: { type: "message", message } });
    }
    return this.#take();
  }

  /** `code`: of the close frame (RFC 6455 §7.1.5). */
  closed(number: number, code: number, detail: string, now: number): SessionEffect[] {
    const socket = this.#socket;
    if ((socket.kind === "open" || socket.kind === "opening") && socket.number === number) {
      const final = finalClose(code, socket.kind === "open" && socket.joinedBy === null);
      if (final === null) this.#lost(this.#detail || detail, now);
      // The error that was told before the close says more than its number.
      else this.#refuse((!isErrorCode(final) && this.#unknownError) || { code: final, detail });
    }
    return this.#take();
  }

  /** The network is back or the page is seen again: do not wait out a delay, do not trust an old socket. */
  nudged(now: number): SessionEffect[] {
    const socket = this.#socket;
    if (socket.kind === "waiting") {
      this.#open(now);
    } else if (socket.kind === "open") {
      this.#send({ type: "ping" });
      socket.pingAt = now + LIMITS.pingIntervalMs;
      socket.deadAt = now + PROBE_TIMEOUT_MS;
    }
    return this.#take();
  }

  tick(now: number): SessionEffect[] {
    const due = this.deadline();
    const socket = this.#socket;
    if (due === null || now < due) return [];
    if (socket.kind === "waiting") {
      this.#open(now);
    } else if (socket.kind === "opening") {
      this.#drop(socket.number, "the server did not answer", now);
    } else if (socket.kind === "open") {
      if (now - due > FROZEN_MS) return this.nudged(now);
      if (now >= socket.deadAt) this.#drop(socket.number, "nothing heard from the server", now);
      else if (socket.joinedBy !== null && now >= socket.joinedBy) {
        this.#drop(socket.number, "no answer to join", now);
      } else {
        this.#send({ type: "ping" });
        socket.pingAt = now + LIMITS.pingIntervalMs;
      }
    }
    return this.#take();
  }

  #error(code: ErrorCode | Other, message: string, joining: boolean, now: number): void {
    this.#detail = `${code}: ${message}`;
    switch (verdictOf(code, !joining)) {
      case "refuse":
        this.#refuse({ code, detail: message });
        break;
      case "retry":
        // Not waiting for the server to close saves a round trip, and a hang if it does not.
        if (this.#socket.kind === "open") this.#drop(this.#socket.number, this.#detail, now);
        break;
      case "tell":
        if (!isErrorCode(code)) this.#unknownError = { code, detail: message };
    }
  }

  #refuse(why: { code: ErrorCode | Other; detail: string }): void {
    this.#end();
    this.#status({ kind: "refused", ...why });
  }

  #drop(number: number, detail: string, now: number): void {
    this.#effects.push({ type: "close", socket: number });
    this.#lost(detail, now);
  }

  #lost(detail: string, now: number): void {
    this.#detail = "";
    this.#attempt += 1;
    const at = now + backoff(this.#attempt, this.random);
    this.#socket = { kind: "waiting", at };
    this.#status({ kind: "reconnecting", attempt: this.#attempt, retryAt: at, detail });
  }

  #open(now: number): void {
    const number = ++this.#sockets;
    this.#unknownError = null;
    if (this.#attempt > 0) {
      this.#status({ kind: "reconnecting", attempt: this.#attempt, retryAt: null, detail: this.#detail });
    }
    this.#socket = { kind: "opening", number, until: now + OPEN_TIMEOUT_MS };
    this.#effects.push({ type: "open", socket: number });
  }

  /** Says goodbye where somebody can hear it and forgets the room. */
  #end(): void {
    const socket = this.#socket;
    if (socket.kind === "open") {
      this.#send({ type: "leave" });
      this.#effects.push({ type: "close", socket: socket.number });
    } else if (socket.kind === "opening") {
      this.#effects.push({ type: "close", socket: socket.number });
    }
    this.#socket = { kind: "none" };
    this.#request = null;
    this.#member = null;
    this.#attempt = 0;
    this.#detail = "";
    this.#outbox.clear();
  }

  #send(message: ClientMessage): void {
    if (this.#socket.kind === "open") {
      this.#effects.push({ type: "send", socket: this.#socket.number, frame: encode(message) });
    }
  }

  #status(status: SignalingStatus): void {
    this.#effects.push({ type: "emit", event: { type: "status", status } });
  }

  #take(): SessionEffect[] {
    const effects = this.#effects;
    this.#effects = [];
    return effects;
  }
}

function encode(message: ClientMessage): string {
  return JSON.stringify(message);
}
