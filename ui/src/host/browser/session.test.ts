import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ErrorCode, LIMITS } from "../../protocol/generated";
import type { SignalingEvent } from "../types";
import { MAX_DELAY_MS } from "./backoff";
import { MAX_FRAMES } from "./outbox";
import {
  CONNECT_TIMEOUT_MS,
  JOIN_TIMEOUT_MS,
  PROBE_TIMEOUT_MS,
  Session,
  type SessionEffect,
} from "./session";

const ID = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`;
const REQUEST = { room: "daily", name: "Minji" };

/** A session in virtual time, with the effects so far. */
class Bench {
  now = 1_000_000;
  effects: SessionEffect[] = [];
  session = new Session(() => 0.5);
  /** Number of the newest socket. */
  socket = 0;

  do(action: (session: Session, now: number) => SessionEffect[]): this {
    const effects = action(this.session, this.now);
    this.effects.push(...effects);
    for (const effect of effects) if (effect.type === "connect") this.socket = effect.socket;
    return this;
  }
  /** Advances the time, with a tick at each deadline. */
  pass(milliseconds: number): this {
    const end = this.now + milliseconds;
    for (;;) {
      const due = this.session.deadline();
      if (due === null || due > end) break;
      this.now = Math.max(this.now, due);
      this.do((session, now) => session.tick(now));
    }
    this.now = end;
    return this;
  }
  join() {
    return this.do((session, now) => session.join(REQUEST, now));
  }
  connected() {
    return this.do((session, now) => session.connected(this.socket, now));
  }
  receive(message: unknown, socket = this.socket) {
    return this.do((session, now) => session.received(socket, JSON.stringify(message), now));
  }
  joined(self = 1, incarnation = 9) {
    const room = { id: "daily", incarnation: ID(incarnation), capacity: 8 };
    return this.receive({
      type: "joined",
      self: ID(self),
      room,
      participants: [],
      iceServers: [],
      resume: `r${self}`,
    });
  }
  online() {
    return this.join().connected().joined();
  }
  lose(code = 1006) {
    return this.do((session, now) => session.closed(this.socket, code, `closed ${code}`, now));
  }
  get connects(): number[] {
    return this.effects.flatMap((effect) => (effect.type === "connect" ? effect.socket : []));
  }
  get closes(): number[] {
    return this.effects.flatMap((effect) => (effect.type === "close" ? effect.socket : []));
  }
  get sent(): { type: string }[] {
    return this.effects.flatMap((effect) => (effect.type === "send" ? JSON.parse(effect.frame) : []));
  }
  get events(): SignalingEvent[] {
    return this.effects.flatMap((effect) => (effect.type === "notify" ? effect.event : []));
  }
  get status() {
    return this.events.flatMap((event) => (event.type === "status" ? event.status : [])).at(-1);
  }
  clear(): this {
    this.effects = [];
    return this;
  }
}

describe("joining", () => {
  it("connects, sends join, and is online with the answer", () => {
    const bench = new Bench().join();
    expect(bench.status).toEqual({ kind: "connecting" });
    expect(bench.connected().sent).toEqual([{ type: "join", ...REQUEST }]);
    expect(bench.joined().status).toEqual({ kind: "online" });
  });

  it("retries after a handshake or an answer to join that takes too long", () => {
    const bench = new Bench().join().pass(CONNECT_TIMEOUT_MS);
    expect(bench.status).toMatchObject({ kind: "reconnecting", attempt: 1 });
    bench.pass(500).connected().clear().pass(LIMITS.pingIntervalMs);
    // A pong keeps the socket alive, but is no answer to `join`.
    bench.receive({ type: "pong" }).pass(JOIN_TIMEOUT_MS - LIMITS.pingIntervalMs);
    expect(bench.status).toMatchObject({ kind: "reconnecting" });
  });

  it.each<ErrorCode>(["room-full", "unauthorized", "invalid-room", "invalid-name", "unsupported-version"])(
    "stops after %s",
    (code) => {
      const bench = new Bench().join().connected().receive({ type: "error", code, message: "no" });
      expect(bench.status).toEqual({ kind: "refused", code, detail: "no" });
      expect(bench.closes).toHaveLength(1);
      expect(bench.clear().pass(60_000).effects).toEqual([]);
    },
  );

  it("reports when a seat of a full room may be free", () => {
    const full = { type: "error", code: "room-full", message: "no", retryAfterMs: 14_800 };
    const bench = new Bench().join().connected().receive(full);
    expect(bench.status).toEqual({ kind: "refused", code: "room-full", detail: "no", retryAfter: 14_800 });
  });

  it.each<ErrorCode>(["server-full", "rate-limited", "too-many-connections", "shutting-down"])(
    "retries after %s",
    (code) => {
      const bench = new Bench().join().connected().receive({ type: "error", code, message: "later" });
      expect(bench.status).toMatchObject({ kind: "reconnecting", attempt: 1 });
      expect(bench.pass(MAX_DELAY_MS).connects).toHaveLength(2);
    },
  );
});

describe("a lost socket", () => {
  it("is resumed with the same secret until an answer brings another one", () => {
    const bench = new Bench().online();
    // The answers to these are lost.
    for (let lost = 0; lost < 3; lost++) {
      bench.clear().lose().pass(MAX_DELAY_MS).connected();
      expect(bench.sent).toEqual([{ type: "join", ...REQUEST, resume: "r1" }]);
    }
    bench.receive({
      type: "joined",
      self: ID(1),
      room: { id: "daily", incarnation: ID(9), capacity: 8 },
      participants: [],
      iceServers: [],
      resume: "another",
    });
    bench.clear().lose().pass(MAX_DELAY_MS).connected();
    expect(bench.sent.at(-1)).toEqual({ type: "join", ...REQUEST, resume: "another" });
  });

  it("is replaced with resume, and the room goes on", () => {
    const bench = new Bench().online().lose();
    expect(bench.status).toMatchObject({ kind: "reconnecting", detail: "closed 1006" });
    bench.pass(500).connected();
    expect(bench.sent.at(-1)).toEqual({ type: "join", ...REQUEST, resume: "r1" });
    expect(bench.joined().status).toEqual({ kind: "online" });
  });

  it("is detected within 15 s of silence, with pings in between", () => {
    const bench = new Bench().online().clear().pass(15_000);
    expect(bench.sent.filter(({ type }) => type === "ping").length).toBeGreaterThanOrEqual(2);
    expect(bench.closes).toHaveLength(1);
    expect(bench.connects.length).toBeGreaterThan(0);
  });

  it("is not assumed while pongs arrive", () => {
    const bench = new Bench().online().clear();
    for (let second = 0; second < 60; second += 4) bench.pass(4_000).receive({ type: "pong" }, 1);
    expect(bench.closes).toEqual([]);
    expect(bench.events).toEqual([]);
  });

  it("is retried with growing delays up to a limit", () => {
    const bench = new Bench().online().lose();
    const delays: number[] = [];
    for (let i = 0; i < 12; i++) {
      delays.push((bench.session.deadline() ?? 0) - bench.now);
      bench.pass(MAX_DELAY_MS).lose();
    }
    expect(delays[0]).toBeLessThanOrEqual(250);
    expect([...delays].sort((a, b) => a - b)).toEqual(delays);
    expect(Math.max(...delays)).toBeLessThanOrEqual(MAX_DELAY_MS);
  });

  it("is retried at once when the network comes back", () => {
    const bench = new Bench().online();
    for (let i = 0; i < 6; i++) bench.lose().pass(MAX_DELAY_MS);
    bench.lose().clear();
    expect(bench.do((session, now) => session.probe(now)).connects).toHaveLength(1);
  });
});

describe("a page that was frozen", () => {
  it("pings the server before it closes the socket", () => {
    const bench = new Bench().online().clear();
    bench.now += 120_000;
    bench.do((session, now) => session.tick(now));
    expect(bench.closes).toEqual([]);
    expect(bench.sent).toEqual([{ type: "ping" }]);
    expect(bench.receive({ type: "pong" }, 1).pass(PROBE_TIMEOUT_MS).closes).toEqual([]);
  });

  it("closes the socket soon if nothing answers", () => {
    const bench = new Bench().online().clear();
    bench.do((session, now) => session.probe(now)).pass(PROBE_TIMEOUT_MS);
    expect(bench.closes).toHaveLength(1);
  });
});

describe("signals while the socket is down", () => {
  const signal = (bench: Bench, n: number) => bench.do((session) => session.signal(ID(2), { n }));

  it("are queued, and sent in order when the participant is resumed", () => {
    const bench = new Bench().online().lose();
    signal(signal(bench, 1), 2).pass(500).connected().clear().joined();
    expect(bench.sent).toMatchObject([
      { type: "signal", data: { n: 1 } },
      { type: "signal", data: { n: 2 } },
    ]);
  });

  it.each([
    ["another participant", 2, 9],
    ["another incarnation of the room", 1, 8],
  ])("are dropped when it comes back as %s", (_, self, incarnation) => {
    const bench = signal(new Bench().online().lose(), 1)
      .pass(500)
      .connected()
      .clear()
      .joined(self, incarnation);
    expect(bench.sent).toEqual([]);
  });

  it("are bounded", () => {
    const bench = new Bench().online().lose();
    for (let n = 0; n < MAX_FRAMES * 2; n++) signal(bench, n);
    bench.pass(500).connected().clear().joined();
    expect(bench.sent).toHaveLength(MAX_FRAMES);
  });
});

it("sends leave, and does not reconnect", () => {
  const bench = new Bench()
    .online()
    .clear()
    .do((session) => session.leave());
  expect(bench.sent).toEqual([{ type: "leave" }]);
  expect(bench.status).toEqual({ kind: "idle" });
  expect(bench.clear().pass(60_000).effects).toEqual([]);
});

it("stops when the participant is resumed elsewhere", () => {
  const bench = new Bench().online().receive({ type: "error", code: "replaced", message: "elsewhere" });
  expect(bench.status).toMatchObject({ kind: "refused", code: "replaced" });
});

describe("an error of a later version", () => {
  const { closes }: { closes: [code: number, ends: boolean][] } = JSON.parse(
    readFileSync(new URL("../../../../crates/protocol/tests/later-versions.json", import.meta.url), "utf8"),
  );
  const banned = { type: "error", code: "banned", message: "for a week" };

  it.each(closes)("close code %i ends it: %s", (code, ends) => {
    const bench = new Bench().online().lose(code);
    expect(bench.status).toMatchObject(
      ends ? { kind: "refused", code: String(code) } : { kind: "reconnecting", attempt: 1 },
    );
    expect(bench.session.deadline() === null).toBe(ends);
  });

  it("is the answer to a join", () => {
    const bench = new Bench().join().connected().receive(banned);
    expect(bench.status).toEqual({ kind: "refused", code: "banned", detail: "for a week" });
    expect(bench.session.deadline()).toBeNull();
  });

  it("is reported in a room, and is the reason if the session ends next", () => {
    const bench = new Bench().online().clear().receive(banned);
    expect(bench.events).toEqual([{ type: "message", message: banned }]);
    expect(bench.closes).toEqual([]);
    expect(bench.lose(4490).status).toEqual({ kind: "refused", code: "banned", detail: "for a week" });
  });

  it("does not explain why the next socket was closed", () => {
    const bench = new Bench().online().receive(banned).lose().pass(500).connected().joined().lose(4490);
    expect(bench.status).toMatchObject({ kind: "refused", code: "4490" });
  });
});

it("treats a close code like the error that it stands for", () => {
  expect(new Bench().join().connected().lose(4453).status).toMatchObject({
    kind: "refused",
    code: "room-full",
  });
  expect(new Bench().online().lose(4440).status).toMatchObject({ kind: "refused", code: "replaced" });
  expect(new Bench().online().lose(4408).status).toMatchObject({ kind: "reconnecting" });
});

it("checks the socket when the network goes, and does not end the wait for a retry", () => {
  const bench = new Bench()
    .online()
    .clear()
    .do((session, now) => session.check(now));
  expect(bench.effects).toMatchObject([{ type: "send" }]);
  expect(bench.pass(PROBE_TIMEOUT_MS).status).toMatchObject({ kind: "reconnecting" });
  bench.clear().do((session, now) => session.check(now));
  expect(bench.effects).toEqual([]);
});

it("passes on a pong only if it has ICE servers", () => {
  const bench = new Bench().online().clear().receive({ type: "pong" });
  expect(bench.events).toEqual([]);
  const renewed = {
    type: "pong",
    iceServers: [{ urls: ["turn:example.org"], username: "2", credential: "two" }],
  };
  expect(bench.receive(renewed).events).toEqual([{ type: "message", message: renewed }]);
});

it("ignores events of old sockets", () => {
  const bench = new Bench().online().lose().pass(500).connected().joined().clear();
  bench.receive({ type: "participant-left", participant: ID(2), reason: "left" }, 1);
  bench.do((session, now) => session.closed(1, 1006, "late", now));
  expect(bench.effects).toEqual([]);
});

it("ignores garbage and unknown types", () => {
  const bench = new Bench().online().clear();
  bench.do((session, now) => session.received(1, "{", now)).receive({ type: "weather" });
  expect(bench.effects).toEqual([]);
});

it("has at most one socket, a deadline whenever it is in a room, and never sends before the handshake", () => {
  const action = fc.oneof(
    fc
      .constantFrom("join", "leave", "open", "joined", "lose", "probe", "signal", "full", "down")
      .map((name) => ({ name, wait: 0 })),
    fc.integer({ min: 1, max: 20_000 }).map((wait) => ({ name: "pass", wait })),
  );
  fc.assert(
    fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
      const bench = new Bench();
      let inRoom = false;
      const live = new Set<number>();
      const open = new Set<number>();
      const checkInvariants = () => {
        for (const effect of bench.effects) {
          if (effect.type === "connect") live.add(effect.socket);
          if (effect.type === "send") expect(open.has(effect.socket)).toBe(true);
          if (effect.type === "close") {
            live.delete(effect.socket);
            open.delete(effect.socket);
          }
          if (
            effect.type === "notify" &&
            effect.event.type === "status" &&
            effect.event.status.kind === "refused"
          )
            inRoom = false;
        }
        bench.clear();
        expect(live.size).toBeLessThanOrEqual(1);
        expect(bench.session.deadline() !== null).toBe(inRoom);
      };
      for (const { name, wait } of actions) {
        const { socket } = bench;
        if (name === "join") {
          inRoom = true;
          bench.join();
        } else if (name === "leave") {
          inRoom = false;
          bench.do((session) => session.leave());
        } else if (name === "open" && live.has(socket)) {
          open.add(socket);
          bench.do((session, now) => session.connected(socket, now));
        } else if (name === "joined") {
          const room = { id: "daily", incarnation: ID(9), capacity: 8 };
          bench.receive(
            { type: "joined", self: ID(1), room, participants: [], iceServers: [], resume: "r" },
            socket,
          );
        } else if (name === "lose") {
          live.delete(socket);
          open.delete(socket);
          bench.do((session, now) => session.closed(socket, 1006, "lost", now));
        } else if (name === "probe") bench.do((session, now) => session.probe(now));
        else if (name === "signal") bench.do((session) => session.signal(ID(2), 1));
        else if (name === "full") bench.receive({ type: "error", code: "room-full", message: "" }, socket);
        else if (name === "down")
          bench.receive({ type: "error", code: "shutting-down", message: "" }, socket);
        else {
          const due = bench.session.deadline();
          bench.now += wait;
          if (due !== null && due <= bench.now) bench.do((session, now) => session.tick(now));
        }
        checkInvariants();
      }
    }),
    { numRuns: 500 },
  );
});
