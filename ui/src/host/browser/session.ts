/**
 * The signaling session of a browser, without I/O: events and the time go in, effects come out, and `deadline` says
 * when to call `tick`. `signaling.ts` connects it to a WebSocket and a clock.
 *
 * Inputs:
 * - from the call: `join`, `leave`, `signal`
 * - from the socket: `connected`, `received`, `closed`, each with the socket's number, because a closed socket may still
 *   deliver events
 * - from the page: `probe` (the network is back, the page is visible again, or the person asks), `check` (the network is
 *   gone)
 * - from the clock: `tick`
 */
import { checkServerMessage, isErrorCode } from "../../protocol/check";
import {
  type ClientMessage,
  type ErrorCode,
  LIMITS,
  type Other,
  type ServerMessage,
} from "../../protocol/generated";
import type { JoinRequest, SignalingEvent, SignalingStatus } from "../types";
import { backoffDelay } from "./backoff";
import { errorAction, fatalError } from "./error-action";
import { Outbox } from "./outbox";

export type SessionEffect =
  | { type: "connect"; socket: number }
  | { type: "send"; socket: number; frame: string }
  | { type: "close"; socket: number }
  | { type: "notify"; event: SignalingEvent };

/** Limits of the WebSocket handshake, and of the answer to `join`, in milliseconds. */
export const CONNECT_TIMEOUT_MS = 8_000;
export const JOIN_TIMEOUT_MS = 10_000;
/** After a probe, the socket counts as dead if nothing is received within this time, in milliseconds. */
export const PROBE_TIMEOUT_MS = 3_000;
/** A tick that is later than this means that the page was frozen: silence says nothing about the server then. */
const FROZEN_MS = 2_000;

type ErrorMessage = Extract<ServerMessage, { type: "error" }>;

interface Membership {
  self: string;
  incarnation: string;
  resume: string;
}

type Socket =
  | { kind: "none" }
  /** Between two attempts. */
  | { kind: "waiting"; deadline: number }
  | { kind: "connecting"; number: number; deadline: number }
  | {
      kind: "open";
      number: number;
      /** For the answer to `join`; null once joined. */
      joinDeadline: number | null;
      pingAt: number;
      /** The socket counts as dead unless something is received. */
      receiveDeadline: number;
    };

export class Session {
  #request: JoinRequest | null = null;
  #membership: Membership | null = null;
  #socket: Socket = { kind: "none" };
  #attempt = 0;
  #sockets = 0;
  /** Of the last error, for the status after the socket is closed. */
  #detail = "";
  /** An error of a later version of the protocol: the reason, should the server close the socket next. */
  #unknownError: { code: Other; detail: string } | null = null;
  #outbox = new Outbox();
  #effects: SessionEffect[] = [];

  constructor(private readonly random: () => number) {}

  /** When `tick` is due, in milliseconds on the caller's clock; null: not before another event. */
  deadline(): number | null {
    const socket = this.#socket;
    switch (socket.kind) {
      case "none":
        return null;
      case "waiting":
      case "connecting":
        return socket.deadline;
      case "open":
        return Math.min(socket.pingAt, socket.receiveDeadline, socket.joinDeadline ?? Infinity);
    }
  }

  join(request: JoinRequest, now: number): SessionEffect[] {
    this.#end();
    this.#request = request;
    this.#setStatus({ kind: "connecting" });
    this.#connect(now);
    return this.#takeEffects();
  }

  leave(): SessionEffect[] {
    if (this.#request) {
      this.#end();
      this.#setStatus({ kind: "idle" });
    }
    return this.#takeEffects();
  }

  signal(to: string, data: unknown): SessionEffect[] {
    if (!this.#request || !this.#membership) return [];
    const frame = encode({ type: "signal", to, data });
    if (this.#socket.kind === "open" && this.#socket.joinDeadline === null) {
      this.#effects.push({ type: "send", socket: this.#socket.number, frame });
    } else {
      this.#outbox.push(frame);
    }
    return this.#takeEffects();
  }

  connected(number: number, now: number): SessionEffect[] {
    const socket = this.#socket;
    if (socket.kind === "connecting" && socket.number === number && this.#request) {
      this.#socket = {
        kind: "open",
        number,
        joinDeadline: now + JOIN_TIMEOUT_MS,
        pingAt: now + LIMITS.pingIntervalMs,
        receiveDeadline: now + LIMITS.deadAfterMs,
      };
      const { room, name, token } = this.#request;
      this.#send({
        type: "join",
        room,
        name,
        ...(token === undefined ? {} : { token }),
        ...(this.#membership ? { resume: this.#membership.resume } : {}),
      });
    }
    return this.#takeEffects();
  }

  received(number: number, frame: string, now: number): SessionEffect[] {
    const socket = this.#socket;
    if (socket.kind !== "open" || socket.number !== number) return [];
    socket.receiveDeadline = now + LIMITS.deadAfterMs;
    const checked = checkServerMessage(frame);
    // A message that this version does not understand is ignored.
    if (!checked.ok) return [];
    const message = checked.value;
    const isJoined = socket.joinDeadline === null;
    switch (message.type) {
      case "pong":
        if (message.iceServers && isJoined) this.#notify({ type: "message", message });
        break;
      case "joined": {
        const { self, resume } = message;
        const { incarnation } = message.room;
        const resumed = this.#membership?.self === self && this.#membership.incarnation === incarnation;
        this.#membership = { self, incarnation, resume };
        socket.joinDeadline = null;
        this.#attempt = 0;
        this.#notify({ type: "message", message });
        this.#setStatus({ kind: "online" });
        const queued = this.#outbox.take();
        if (resumed) {
          for (const queuedFrame of queued)
            this.#effects.push({ type: "send", socket: socket.number, frame: queuedFrame });
        }
        break;
      }
      case "error":
        this.#onError(message, isJoined, now);
        if (this.#request) this.#notify({ type: "message", message });
        break;
      default:
        // Messages of a room count only after its `joined`.
        if (isJoined) this.#notify({ type: "message", message });
    }
    return this.#takeEffects();
  }

  /** `closeCode`: RFC 6455 §7.1.5. */
  closed(number: number, closeCode: number, detail: string, now: number): SessionEffect[] {
    const socket = this.#socket;
    if ((socket.kind === "open" || socket.kind === "connecting") && socket.number === number) {
      const isJoined = socket.kind === "open" && socket.joinDeadline === null;
      const fatal = fatalError(closeCode, isJoined);
      if (fatal === null) this.#scheduleRetry(this.#detail || detail, now);
      // The error before the close says more than an unknown number.
      else this.#refuse((!isErrorCode(fatal) && this.#unknownError) || { code: fatal, detail });
    }
    return this.#takeEffects();
  }

  /** The network is back, or the page is visible again: ends the wait for a retry, or checks the open socket. */
  probe(now: number): SessionEffect[] {
    const socket = this.#socket;
    if (socket.kind !== "waiting") return this.check(now);
    this.#connect(now);
    return this.#takeEffects();
  }

  /** Checks the open socket. */
  check(now: number): SessionEffect[] {
    const socket = this.#socket;
    if (socket.kind === "open") {
      this.#send({ type: "ping" });
      socket.pingAt = now + LIMITS.pingIntervalMs;
      socket.receiveDeadline = now + PROBE_TIMEOUT_MS;
    }
    return this.#takeEffects();
  }

  tick(now: number): SessionEffect[] {
    const due = this.deadline();
    const socket = this.#socket;
    if (due === null || now < due) return [];
    if (socket.kind === "waiting") {
      this.#connect(now);
    } else if (socket.kind === "connecting") {
      this.#abort(socket.number, "the server did not answer", now);
    } else if (socket.kind === "open") {
      if (now - due > FROZEN_MS) return this.probe(now);
      if (now >= socket.receiveDeadline) this.#abort(socket.number, "nothing heard from the server", now);
      else if (socket.joinDeadline !== null && now >= socket.joinDeadline) {
        this.#abort(socket.number, "no answer to join", now);
      } else {
        this.#send({ type: "ping" });
        socket.pingAt = now + LIMITS.pingIntervalMs;
      }
    }
    return this.#takeEffects();
  }

  #onError(error: ErrorMessage, isJoined: boolean, now: number): void {
    const { code, message: detail, retryAfterMs } = error;
    this.#detail = `${code}: ${detail}`;
    switch (errorAction(code, isJoined)) {
      case "stop":
        this.#refuse({ code, detail, ...(retryAfterMs === undefined ? {} : { retryAfter: retryAfterMs }) });
        break;
      case "reconnect":
        // Closing it ourselves saves a round trip, and a hang if the server does not close it.
        if (this.#socket.kind === "open") this.#abort(this.#socket.number, this.#detail, now);
        break;
      case "report":
        if (!isErrorCode(code)) this.#unknownError = { code, detail };
    }
  }

  /** Stops; the reason is in the status. */
  #refuse(reason: { code: ErrorCode | Other; detail: string; retryAfter?: number }): void {
    this.#end();
    this.#setStatus({ kind: "refused", ...reason });
  }

  /** Closes the socket and treats it as lost. */
  #abort(number: number, detail: string, now: number): void {
    this.#effects.push({ type: "close", socket: number });
    this.#scheduleRetry(detail, now);
  }

  #scheduleRetry(detail: string, now: number): void {
    this.#detail = "";
    this.#attempt += 1;
    const deadline = now + backoffDelay(this.#attempt, this.random);
    this.#socket = { kind: "waiting", deadline };
    this.#setStatus({ kind: "reconnecting", attempt: this.#attempt, retryAt: deadline, detail });
  }

  #connect(now: number): void {
    const number = ++this.#sockets;
    this.#unknownError = null;
    if (this.#attempt > 0) {
      this.#setStatus({ kind: "reconnecting", attempt: this.#attempt, retryAt: null, detail: this.#detail });
    }
    this.#socket = { kind: "connecting", number, deadline: now + CONNECT_TIMEOUT_MS };
    this.#effects.push({ type: "connect", socket: number });
  }

  /** Leaves the room, closes the socket, and clears the state. */
  #end(): void {
    const socket = this.#socket;
    if (socket.kind === "open") this.#send({ type: "leave" });
    if (socket.kind === "open" || socket.kind === "connecting") {
      this.#effects.push({ type: "close", socket: socket.number });
    }
    this.#socket = { kind: "none" };
    this.#request = null;
    this.#membership = null;
    this.#attempt = 0;
    this.#detail = "";
    this.#outbox.clear();
  }

  #send(message: ClientMessage): void {
    if (this.#socket.kind === "open") {
      this.#effects.push({ type: "send", socket: this.#socket.number, frame: encode(message) });
    }
  }

  #notify(event: SignalingEvent): void {
    this.#effects.push({ type: "notify", event });
  }

  #setStatus(status: SignalingStatus): void {
    this.#notify({ type: "status", status });
  }

  #takeEffects(): SessionEffect[] {
    const effects = this.#effects;
    this.#effects = [];
    return effects;
  }
}

function encode(message: ClientMessage): string {
  return JSON.stringify(message);
}
