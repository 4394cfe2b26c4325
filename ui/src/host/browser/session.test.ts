import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ErrorCode, LIMITS } from "../../protocol/generated";
import type { SignalingEvent } from "../types";
import { LAST_DELAY_MS } from "./backoff";
import { MAX_WAITING } from "./outbox";
import { JOIN_TIMEOUT_MS, OPEN_TIMEOUT_MS, PROBE_TIMEOUT_MS, Session, type SessionEffect } from "./session";

const ID = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`;
const REQUEST = { room: "daily", name: "Minji" };

/** A session in virtual time, with everything it did. */
class Bench {
  now = 1_000_000;
  effects: SessionEffect[] = [];
  session = new Session(() => 0.5);
  /** The newest. */
  socket = 0;

  do(action: (session: Session, now: number) => SessionEffect[]): this {
    const effects = action(this.session, this.now);
    this.effects.push(...effects);
    for (const effect of effects) if (effect.type === "open") this.socket = effect.socket;
    return this;
  }
  /** Lets time pass, ticking whenever the session asked for it. */
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
  open() {
    return this.do((session, now) => session.opened(this.socket, now));
  }
  hear(message: unknown, socket = this.socket) {
    return this.do((session, now) => session.received(socket, JSON.stringify(message), now));
  }
  joined(self = 1, incarnation = 9) {
    const room = { id: "daily", incarnation: ID(incarnation), capacity: 8 };
    return this.hear({
      type: "joined",
      self: ID(self),
      room,
      participants: [],
      iceServers: [],
      resume: `r${self}`,
    });
  }
  online() {
    return this.join().open().joined();
  }
  lose(code = 1006) {
    return this.do((session, now) => session.closed(this.socket, code, `closed ${code}`, now));
  }
  get opened(): number[] {
    return this.effects.flatMap((effect) => (effect.type === "open" ? effect.socket : []));
  }
  get closed(): number[] {
    return this.effects.flatMap((effect) => (effect.type === "close" ? effect.socket : []));
  }
  get sent(): { type: string }[] {
    return this.effects.flatMap((effect) => (effect.type === "send" ? JSON.parse(effect.frame) : []));
  }
  get events(): SignalingEvent[] {
    return this.effects.flatMap((effect) => (effect.type === "emit" ? effect.event : []));
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
  it("opens a socket, asks, and is online with the answer", () => {
    const bench = new Bench().join();
    expect(bench.status).toEqual({ kind: "connecting" });
    expect(bench.open().sent).toEqual([{ type: "join", ...REQUEST }]);
    expect(bench.joined().status).toEqual({ kind: "online" });
  });

  it("gives up on a handshake and on an answer that do not come, and tries again", () => {
    const bench = new Bench().join().pass(OPEN_TIMEOUT_MS);
    expect(bench.status).toMatchObject({ kind: "reconnecting", attempt: 1 });
    bench.pass(500).open().clear().pass(LIMITS.pingIntervalMs);
    // Pongs keep the socket alive; they are no answer to `join`.
    bench.hear({ type: "pong" }).pass(JOIN_TIMEOUT_MS - LIMITS.pingIntervalMs);
    expect(bench.status).toMatchObject({ kind: "reconnecting" });
  });

  it.each<ErrorCode>(["room-full", "unauthorized", "invalid-room", "invalid-name", "unsupported-version"])(
    "takes %s for an answer",
    (code) => {
      const bench = new Bench().join().open().hear({ type: "error", code, message: "no" });
      expect(bench.status).toEqual({ kind: "refused", code, detail: "no" });
      expect(bench.closed).toHaveLength(1);
      expect(bench.clear().pass(60_000).effects).toEqual([]);
    },
  );

  it.each<ErrorCode>(["server-full", "rate-limited", "too-many-connections", "shutting-down"])(
    "tries again after %s",
    (code) => {
      const bench = new Bench().join().open().hear({ type: "error", code, message: "later" });
      expect(bench.status).toMatchObject({ kind: "reconnecting", attempt: 1 });
      expect(bench.pass(LAST_DELAY_MS).opened).toHaveLength(2);
    },
  );
});

describe("a lost socket", () => {
  it("is replaced with resume, and the room goes on", () => {
    const bench = new Bench().online().lose();
    expect(bench.status).toMatchObject({ kind: "reconnecting", detail: "closed 1006" });
    bench.pass(500).open();
    expect(bench.sent.at(-1)).toEqual({ type: "join", ...REQUEST, resume: "r1" });
    expect(bench.joined().status).toEqual({ kind: "online" });
  });

  it("is noticed by its silence within 15 s, with pings in between", () => {
    const bench = new Bench().online().clear().pass(15_000);
    expect(bench.sent.filter(({ type }) => type === "ping").length).toBeGreaterThanOrEqual(2);
    expect(bench.closed).toHaveLength(1);
    expect(bench.opened.length).toBeGreaterThan(0);
  });

  it("is not seen where pongs come", () => {
    const bench = new Bench().online().clear();
    for (let second = 0; second < 60; second += 4) bench.pass(4_000).hear({ type: "pong" }, 1);
    expect(bench.closed).toEqual([]);
    expect(bench.events).toEqual([]);
  });

  it("is tried again with growing waits that never exceed the longest", () => {
    const bench = new Bench().online().lose();
    const waits: number[] = [];
    for (let i = 0; i < 12; i++) {
      waits.push((bench.session.deadline() ?? 0) - bench.now);
      bench.pass(LAST_DELAY_MS).lose();
    }
    expect(waits[0]).toBeLessThanOrEqual(250);
    expect([...waits].sort((a, b) => a - b)).toEqual(waits);
    expect(Math.max(...waits)).toBeLessThanOrEqual(LAST_DELAY_MS);
  });

  it("is tried again at once when the network comes back", () => {
    const bench = new Bench().online();
    for (let i = 0; i < 6; i++) bench.lose().pass(LAST_DELAY_MS);
    bench.lose().clear();
    expect(bench.do((session, now) => session.nudged(now)).opened).toHaveLength(1);
  });
});

describe("a page that was frozen", () => {
  it("asks the server before it gives the socket up", () => {
    const bench = new Bench().online().clear();
    bench.now += 120_000;
    bench.do((session, now) => session.tick(now));
    expect(bench.closed).toEqual([]);
    expect(bench.sent).toEqual([{ type: "ping" }]);
    expect(bench.hear({ type: "pong" }, 1).pass(PROBE_TIMEOUT_MS).closed).toEqual([]);
  });

  it("gives it up soon when nothing answers", () => {
    const bench = new Bench().online().clear();
    bench.do((session, now) => session.nudged(now)).pass(PROBE_TIMEOUT_MS);
    expect(bench.closed).toHaveLength(1);
  });
});

describe("signals while the socket is down", () => {
  const signal = (bench: Bench, n: number) => bench.do((session) => session.signal(ID(2), { n }));

  it("wait and go out in order when the same participant resumes", () => {
    const bench = new Bench().online().lose();
    signal(signal(bench, 1), 2).pass(500).open().clear().joined();
    expect(bench.sent).toMatchObject([
      { type: "signal", data: { n: 1 } },
      { type: "signal", data: { n: 2 } },
    ]);
  });

  it.each([
    ["another participant", 2, 9],
    ["another incarnation of the room", 1, 8],
  ])("are dropped when it comes back as %s", (_, self, incarnation) => {
    const bench = signal(new Bench().online().lose(), 1).pass(500).open().clear().joined(self, incarnation);
    expect(bench.sent).toEqual([]);
  });

  it("are bounded", () => {
    const bench = new Bench().online().lose();
    for (let n = 0; n < MAX_WAITING * 2; n++) signal(bench, n);
    bench.pass(500).open().clear().joined();
    expect(bench.sent).toHaveLength(MAX_WAITING);
  });
});

it("leaves with a goodbye and stays away", () => {
  const bench = new Bench()
    .online()
    .clear()
    .do((session) => session.leave());
  expect(bench.sent).toEqual([{ type: "leave" }]);
  expect(bench.status).toEqual({ kind: "idle" });
  expect(bench.clear().pass(60_000).effects).toEqual([]);
});

it("is over when the same participant resumed elsewhere", () => {
  const bench = new Bench().online().hear({ type: "error", code: "replaced", message: "elsewhere" });
  expect(bench.status).toMatchObject({ kind: "refused", code: "replaced" });
});

describe("what a later version of the wire says", () => {
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

  it("is an answer to a join", () => {
    const bench = new Bench().join().open().hear(banned);
    expect(bench.status).toEqual({ kind: "refused", code: "banned", detail: "for a week" });
    expect(bench.session.deadline()).toBeNull();
  });

  it("is told in a room, and says why the session ends where it does", () => {
    const bench = new Bench().online().clear().hear(banned);
    expect(bench.events).toEqual([{ type: "message", message: banned }]);
    expect(bench.closed).toEqual([]);
    expect(bench.lose(4490).status).toEqual({ kind: "refused", code: "banned", detail: "for a week" });
  });

  it("explains nothing of the next socket", () => {
    const bench = new Bench().online().hear(banned).lose().pass(500).open().joined().lose(4490);
    expect(bench.status).toMatchObject({ kind: "refused", code: "4490" });
  });
});

it("reads in a close code what the frame before it would have said", () => {
  expect(new Bench().join().open().lose(4453).status).toMatchObject({ kind: "refused", code: "room-full" });
  expect(new Bench().online().lose(4440).status).toMatchObject({ kind: "refused", code: "replaced" });
  expect(new Bench().online().lose(4408).status).toMatchObject({ kind: "reconnecting" });
});

it("tells of renewed credentials, and of no other pong", () => {
  const bench = new Bench().online().clear().hear({ type: "pong" });
  expect(bench.events).toEqual([]);
  const renewed = {
    type: "pong",
    iceServers: [{ urls: ["turn:example.org"], username: "2", credential: "two" }],
  };
  expect(bench.hear(renewed).events).toEqual([{ type: "message", message: renewed }]);
});

it("ignores what old sockets say", () => {
  const bench = new Bench().online().lose().pass(500).open().joined().clear();
  bench.hear({ type: "participant-left", participant: ID(2), reason: "left" }, 1);
  bench.do((session, now) => session.closed(1, 1006, "late", now));
  expect(bench.effects).toEqual([]);
});

it("ignores garbage and unknown types", () => {
  const bench = new Bench().online().clear();
  bench.do((session, now) => session.received(1, "{", now)).hear({ type: "weather" });
  expect(bench.effects).toEqual([]);
});

it("has one socket at most, always a way on while in a room, and never sends before the handshake", () => {
  const action = fc.oneof(
    fc
      .constantFrom("join", "leave", "open", "joined", "lose", "nudge", "signal", "full", "down")
      .map((name) => ({ name, wait: 0 })),
    fc.integer({ min: 1, max: 20_000 }).map((wait) => ({ name: "pass", wait })),
  );
  fc.assert(
    fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
      const bench = new Bench();
      let inRoom = false;
      const live = new Set<number>();
      const open = new Set<number>();
      const settle = () => {
        for (const effect of bench.effects) {
          if (effect.type === "open") live.add(effect.socket);
          if (effect.type === "send") expect(open.has(effect.socket)).toBe(true);
          if (effect.type === "close") {
            live.delete(effect.socket);
            open.delete(effect.socket);
          }
          if (
            effect.type === "emit" &&
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
          bench.do((session, now) => session.opened(socket, now));
        } else if (name === "joined") {
          const room = { id: "daily", incarnation: ID(9), capacity: 8 };
          bench.hear(
            { type: "joined", self: ID(1), room, participants: [], iceServers: [], resume: "r" },
            socket,
          );
        } else if (name === "lose") {
          live.delete(socket);
          open.delete(socket);
          bench.do((session, now) => session.closed(socket, 1006, "lost", now));
        } else if (name === "nudge") bench.do((session, now) => session.nudged(now));
        else if (name === "signal") bench.do((session) => session.signal(ID(2), 1));
        else if (name === "full") bench.hear({ type: "error", code: "room-full", message: "" }, socket);
        else if (name === "down") bench.hear({ type: "error", code: "shutting-down", message: "" }, socket);
        else {
          const due = bench.session.deadline();
          bench.now += wait;
          if (due !== null && due <= bench.now) bench.do((session, now) => session.tick(now));
        }
        settle();
      }
    }),
    { numRuns: 500 },
  );
});
