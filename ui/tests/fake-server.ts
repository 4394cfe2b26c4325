/** A signaling server with one room, and hosts that are connected to it, inside one test. */
import {
  DEFAULT_SETTINGS,
  type Host,
  type JoinRequest,
  type Settings,
  type SignalingEvent,
} from "../src/host/types";
import type { LeaveReason, ServerMessage } from "../src/protocol/generated";
import { settled } from "./settled";

interface Occupant {
  id: string;
  name: string;
  host: FakeHost;
}

/** A signaling server with one room. Messages are queued until `flush`. */
export class FakeServer {
  incarnation = uuid(1);
  occupants: Occupant[] = [];
  #queue: { host: FakeHost; message: ServerMessage }[] = [];
  static ids = 100;

  join(host: FakeHost, request: JoinRequest, id: string = uuid(FakeServer.ids++)): void {
    const occupant: Occupant = { id, name: request.name, host };
    this.#send(host, {
      type: "joined",
      self: id,
      room: { id: request.room, incarnation: this.incarnation, capacity: 8 },
      participants: this.occupants.map(({ id: other, name }) => ({ id: other, name })),
      iceServers: [],
      resume: "secret",
    });
    for (const other of this.occupants) {
      this.#send(other.host, { type: "participant-joined", participant: { id, name: request.name } });
    }
    this.occupants.push(occupant);
  }
  leave(host: FakeHost, reason: LeaveReason = "left"): void {
    const occupant = this.occupants.find((candidate) => candidate.host === host);
    if (!occupant) return;
    this.occupants = this.occupants.filter((other) => other !== occupant);
    for (const other of this.occupants) {
      this.#send(other.host, { type: "participant-left", participant: occupant.id, reason });
    }
  }
  signal(host: FakeHost, to: string, data: unknown): void {
    const from = this.occupants.find((occupant) => occupant.host === host);
    const receiver = this.occupants.find((occupant) => occupant.id === to);
    if (from && receiver) this.#send(receiver.host, { type: "signal", from: from.id, data });
  }
  #send(host: FakeHost, message: ServerMessage): void {
    this.#queue.push({ host, message: JSON.parse(JSON.stringify(message)) });
  }
  /** Loses all state, including the queues. */
  restart(): void {
    this.incarnation = uuid(FakeServer.ids++);
    this.occupants = [];
    this.#queue = [];
  }
  /** Delivers everything. The order is kept per receiver; `pick` selects the next receiver. */
  async flush(pick: (choices: number) => number = () => 0): Promise<void> {
    await settled();
    while (this.#queue.length > 0) {
      const hosts = [...new Set(this.#queue.map(({ host }) => host))];
      const host = hosts[pick(hosts.length) % hosts.length];
      const index = this.#queue.findIndex((entry) => entry.host === host);
      const [entry] = this.#queue.splice(index, 1);
      entry?.host.emit({ type: "message", message: entry.message });
      await settled();
    }
  }
}

export class FakeHost implements Host {
  readonly kind = "browser";
  request: JoinRequest | null = null;
  #listeners = new Set<(event: SignalingEvent) => void>();
  #settings: Settings = DEFAULT_SETTINGS;

  constructor(private readonly server: FakeServer) {}

  readonly signaling = {
    join: (request: JoinRequest) => {
      this.request = request;
      this.emit({ type: "status", status: { kind: "connecting" } });
      this.server.join(this, request);
    },
    signal: (to: string, data: unknown) => this.server.signal(this, to, data),
    retry: () => {},
    leave: () => {
      this.request = null;
      this.server.leave(this);
      this.emit({ type: "status", status: { kind: "idle" } });
    },
    subscribe: (listener: (event: SignalingEvent) => void) => {
      this.#listeners.add(listener);
      return () => this.#listeners.delete(listener);
    },
  };
  #watchers = new Set<(settings: Settings) => void>();
  readonly settings = {
    ready: Promise.resolve(),
    get: () => this.#settings,
    set: (patch: Partial<Settings>) => {
      this.#settings = { ...this.#settings, ...patch };
      for (const listener of [...this.#watchers]) listener(this.#settings);
    },
    subscribe: (listener: (settings: Settings) => void) => {
      this.#watchers.add(listener);
      return () => this.#watchers.delete(listener);
    },
  };
  roomLink = (room: string) => `https://maru.example/r/${room}`;
  openExternal = async () => {};
  copyText = async () => {};
  initialRoom = () => null;
  showRoom = () => {};
  keepScreenOn = () => {};
  notifications = { permission: () => "absent" as const, ask: async () => {}, show: () => {} };

  emit(event: SignalingEvent): void {
    for (const listener of [...this.#listeners]) listener(event);
  }
  /** Joins again after a server restart, with a new ID. */
  rejoin(): void {
    if (this.request) this.server.join(this, this.request);
  }
}

export function uuid(n: number): string {
  return `00000000-0000-4000-8000-${n.toString(16).padStart(12, "0")}`;
}
