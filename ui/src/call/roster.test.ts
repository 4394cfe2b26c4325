import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LinkStatus } from "../engine/types";
import {
  ABSENT_DOWN_MS,
  ABSENT_MS,
  EMPTY_ROSTER,
  HELLO_WAIT_MS,
  MAX_MEMBERS,
  type RosterEffect,
  type RosterEvent,
  reduceRoster,
} from "./roster";

class Room {
  roster = EMPTY_ROSTER;
  now = 0;
  effects: RosterEffect[] = [];

  do(event: RosterEvent): this {
    const { roster, effects } = reduceRoster(this.roster, event, this.now);
    this.roster = roster;
    this.effects = effects;
    return this;
  }
  joined(self: string, incarnation: string, ...ids: string[]) {
    return this.do({
      type: "joined",
      self,
      incarnation,
      participants: ids.map((id) => ({ id, name: `name of ${id}` })),
    });
  }
  came(id: string) {
    return this.do({ type: "participant-joined", participant: { id, name: `name of ${id}` } });
  }
  went(participant: string, reason: "left" | "lost" | "removed") {
    return this.do({ type: "participant-left", participant, reason });
  }
  link(id: string, status: LinkStatus) {
    return this.do({ type: "link", key: this.key(id), status });
  }
  hello(key: string, participant: string, incarnation: string) {
    return this.do({ type: "hello", key, participant, incarnation });
  }
  pass(milliseconds: number) {
    this.now += milliseconds;
    return this.do({ type: "tick" });
  }
  key(id: string): string {
    return this.roster.members.find((member) => member.id === id)?.key ?? "nobody";
  }
  get ids(): string[] {
    return this.roster.members.map(({ id }) => id);
  }
  get absent(): string[] {
    return this.roster.members.filter((member) => member.absent).map(({ id }) => id);
  }
  types(): string[] {
    return this.effects.map(({ type }) => type);
  }
}

const offer = { connection: "media", description: { type: "offer", sdp: "v=0" } } as const;

describe("coming and going", () => {
  it("waits for the residents' offers, and offers to newcomers", () => {
    const room = new Room().joined("m", "1", "a");
    expect(room.effects).toContainEqual({ type: "open", key: "1", id: "a", offerFirst: false, polite: true });
    room.came("z");
    expect(room.effects).toContainEqual({ type: "open", key: "2", id: "z", offerFirst: true, polite: false });
  });

  it("keeps the order people came in, and one link per person", () => {
    const room = new Room().joined("m", "1", "b", "a").came("c").came("a");
    expect(room.ids).toEqual(["b", "a", "c"]);
  });

  it.each(["left", "removed"] as const)("closes the link at once when somebody %s", (reason) => {
    const room = new Room().joined("m", "1", "a").link("a", "connected").went("a", reason);
    expect(room.types()).toEqual(["close", "went"]);
    expect(room.ids).toEqual([]);
  });

  it("delivers signals to those it knows and to nobody else", () => {
    const room = new Room().joined("m", "1", "a").do({ type: "signal", from: "a", signal: offer });
    expect(room.types()).toEqual(["deliver"]);
    expect(room.do({ type: "signal", from: "stranger", signal: offer }).effects).toEqual([]);
  });

  it("does not believe in endless rooms", () => {
    const room = new Room().joined("m", "1", ...Array.from({ length: 200 }, (_, n) => `p${n}`));
    expect(room.ids).toHaveLength(MAX_MEMBERS);
  });

  it("closes everything when we leave", () => {
    const room = new Room().joined("m", "1", "a", "b").do({ type: "left" });
    expect(room.types()).toEqual(["close", "close"]);
    expect(room.roster.self).toBeNull();
  });
});

describe("somebody the server lost", () => {
  const lost = () => new Room().joined("m", "1", "a").link("a", "connected").went("a", "lost");

  it("stays, absent, while the link lives", () => {
    expect(lost().absent).toEqual(["a"]);
  });

  it("goes when the link fails, stays down, or after a bounded time", () => {
    expect(lost().link("a", "failed").ids).toEqual([]);
    expect(lost().link("a", "reconnecting").pass(ABSENT_DOWN_MS).ids).toEqual([]);
    expect(lost().pass(ABSENT_MS - 1).ids).toEqual(["a"]);
    expect(lost().pass(ABSENT_MS).ids).toEqual([]);
  });

  it("goes at once when the link was down already", () => {
    expect(new Room().joined("m", "1", "a").went("a", "lost").ids).toEqual([]);
  });

  it("keeps link and place when they come back under another ID and say so", () => {
    const room = lost().came("y");
    expect(room.ids).toEqual(["a"]);
    room.hello(room.key("a"), "y", "1");
    expect(room.ids).toEqual(["y"]);
    expect(room.absent).toEqual([]);
    expect(room.effects).toContainEqual({ type: "relabelled", key: "1", from: "a", to: "y" });
    expect(room.effects).toContainEqual({ type: "polite", key: "1", polite: false });
    expect(room.types()).not.toContain("went");
  });
});

describe("a server that restarted", () => {
  const restarted = () =>
    new Room().joined("m", "1", "a", "b").link("a", "connected").link("b", "connected").joined("k", "2");

  it("leaves the links alone and has everybody told our new ID", () => {
    const room = restarted();
    expect(room.absent).toEqual(["a", "b"]);
    expect(room.types()).toContain("hello-all");
    expect(room.types()).not.toContain("close");
  });

  it("matches people whose hello comes after the server's word, and before it", () => {
    const room = restarted().came("a2");
    room.hello(room.key("a"), "a2", "2").hello(room.key("b"), "b2", "2").came("b2");
    expect(room.ids).toEqual(["a2", "b2"]);
    expect(room.absent).toEqual([]);
  });

  it("matches people whose hello came before our own answer to join", () => {
    const room = new Room()
      .joined("m", "1", "a")
      .link("a", "connected")
      .hello("1", "a2", "2")
      .joined("k", "2", "a2");
    expect(room.ids).toEqual(["a2"]);
    expect(room.absent).toEqual([]);
  });

  it("makes a new link for a stranger after a bounded wait, with the signals they sent", () => {
    const room = restarted().came("new").do({ type: "signal", from: "new", signal: offer });
    expect(room.ids).toEqual(["a", "b"]);
    room.pass(HELLO_WAIT_MS);
    expect(room.ids).toEqual(["a", "b", "new"]);
    expect(room.types()).toEqual(["came", "open", "deliver"]);
  });

  it("stops waiting as soon as nobody is left to be matched", () => {
    const room = restarted().came("a2").came("new");
    room.hello(room.key("a"), "a2", "2").link("b", "failed");
    expect(room.ids).toEqual(["a2", "new"]);
  });

  it("keeps those who never come back for as long as their media flows", () => {
    const room = restarted().pass(ABSENT_MS * 10);
    expect(room.absent).toEqual(["a", "b"]);
    expect(room.link("a", "reconnecting").pass(ABSENT_DOWN_MS).ids).toEqual(["b"]);
  });

  it("drops links that were not working anyway", () => {
    const room = new Room().joined("m", "1", "a").joined("k", "2");
    expect(room.ids).toEqual([]);
  });
});

describe("our own socket coming back", () => {
  it("with the same identity reconciles who came and went meanwhile", () => {
    const room = new Room().joined("m", "1", "a", "b").link("a", "connected").joined("m", "1", "b", "c");
    expect(room.ids).toEqual(["a", "b"]);
    expect(room.absent).toEqual(["a"]);
    // c may be a under another ID: they get the time to say so.
    expect(room.pass(HELLO_WAIT_MS).ids).toEqual(["a", "b", "c"]);
    expect(room.effects).toContainEqual(expect.objectContaining({ type: "open", id: "c", offerFirst: true }));
    expect(room.types()).not.toContain("hello-all");
  });

  it("under another ID keeps the links of those the server still knows", () => {
    const room = new Room().joined("m", "1", "a").link("a", "connected").joined("z", "1", "a");
    expect(room.ids).toEqual(["a"]);
    expect(room.absent).toEqual([]);
    expect(room.types()).toEqual(["reachable", "polite", "hello-all"]);
  });

  it("under another ID begins links anew that do not work: they may have given us up", () => {
    const room = new Room().joined("m", "1", "a", "b").link("a", "connected").link("a", "reconnecting");
    room.link("b", "connected").joined("z", "1", "a", "b");
    expect(room.effects).toContainEqual({ type: "close", key: "1" });
    expect(room.effects).toContainEqual({ type: "open", key: "1", id: "a", offerFirst: false, polite: true });
    expect(room.effects).not.toContainEqual(expect.objectContaining({ type: "open", key: "2" }));
    expect(room.ids).toEqual(["a", "b"]);
    expect(room.types()).not.toContain("went");
  });

  it("under another ID also begins those anew that turn out not to work", () => {
    const room = new Room().joined("m", "1", "a").link("a", "connected").joined("z", "1", "a");
    room.link("a", "reconnecting");
    expect(room.effects).toEqual([
      { type: "close", key: "1" },
      { type: "open", key: "1", id: "a", offerFirst: false, polite: true },
    ]);
    // That one is repaired as any other.
    expect(room.link("a", "connected").link("a", "reconnecting").effects).toEqual([]);
  });

  it("under another ID leaves the repair to links that worked on for long enough", () => {
    const room = new Room().joined("m", "1", "a").link("a", "connected").joined("z", "1", "a");
    expect(room.pass(ABSENT_MS).link("a", "reconnecting").effects).toEqual([]);
  });
});

it("lets nobody who is present take another's place", () => {
  const room = new Room()
    .joined("m", "1", "a", "b")
    .link("a", "connected")
    .link("b", "connected")
    .went("b", "lost")
    .came("b2");
  room.hello(room.key("a"), "b2", "1");
  expect(room.ids).toEqual(["a", "b"]);
});

describe("whatever happens in whatever order", () => {
  const id = fc.constantFrom("a", "b", "c", "d", "e");
  const incarnation = fc.constantFrom("1", "2", "3");
  const event: fc.Arbitrary<RosterEvent | { type: "pass"; ms: number }> = fc.oneof(
    fc.record({
      type: fc.constant("joined" as const),
      self: fc.constantFrom("m", "n", "o"),
      incarnation,
      participants: fc
        .uniqueArray(id, { maxLength: 5 })
        .map((ids) => ids.map((one) => ({ id: one, name: one }))),
    }),
    id.map((one) => ({ type: "participant-joined" as const, participant: { id: one, name: one } })),
    fc.record({
      type: fc.constant("participant-left" as const),
      participant: id,
      reason: fc.constantFrom("left" as const, "lost" as const, "removed" as const),
    }),
    fc.record({ type: fc.constant("signal" as const), from: id, signal: fc.constant(offer) }),
    fc.record({
      type: fc.constant("link" as const),
      key: fc.constantFrom("1", "2", "3", "4", "5", "6"),
      status: fc.constantFrom<LinkStatus>("connecting", "connected", "reconnecting", "failed"),
    }),
    fc.record({
      type: fc.constant("hello" as const),
      key: fc.constantFrom("1", "2", "3", "4", "5"),
      participant: id,
      incarnation,
    }),
    fc.integer({ min: 1, max: 40_000 }).map((ms) => ({ type: "pass" as const, ms })),
    fc.constant({ type: "left" as const }),
  );

  it("links and members match one to one, and the server's word is followed in the end", () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 60 }), fc.uniqueArray(id), (events, final) => {
        const room = new Room();
        const open = new Set<string>();
        const audit = () => {
          for (const effect of room.effects) {
            if (effect.type === "open") {
              expect(open.has(effect.key)).toBe(false);
              open.add(effect.key);
            } else if (effect.type === "close") {
              expect(open.delete(effect.key)).toBe(true);
            } else if ("key" in effect && effect.type !== "came" && effect.type !== "went") {
              expect(open.has(effect.key)).toBe(true);
            }
          }
          expect([...open].sort()).toEqual(room.roster.members.map(({ key }) => key).sort());
          const everyone = [...room.ids, ...room.roster.waiting.map((waiting) => waiting.id)];
          expect(new Set(everyone).size).toBe(everyone.length);
        };
        for (const one of events) {
          // A server speaks of a room only to those who are in it.
          if (room.roster.self === null && one.type.startsWith("participant")) continue;
          if (one.type === "pass") room.pass(one.ms);
          else room.do(one);
          audit();
        }
        room.joined("m", "9", ...final);
        audit();
        room.pass(HELLO_WAIT_MS);
        audit();
        const present = room.roster.members.filter((member) => !member.absent).map((member) => member.id);
        expect(present.sort()).toEqual([...final].sort());
      }),
      { numRuns: 500 },
    );
  });
});
