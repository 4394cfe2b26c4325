import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LinkStatus } from "../engine/types";
import { EMPTY_ROSTER, type RosterEffect, type RosterEvent } from "./roster";
import {
  ABSENT_LINK_DOWN_TIMEOUT_MS,
  ABSENT_TIMEOUT_MS,
  HELLO_TIMEOUT_MS,
  MAX_PARTICIPANTS,
  reduceRoster,
} from "./roster-reducer";

/** A roster over time, with the effects of the last event. */
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
  participantJoined(id: string) {
    return this.do({ type: "participant-joined", participant: { id, name: `name of ${id}` } });
  }
  participantLeft(participant: string, reason: "left" | "lost" | "removed") {
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
    return this.roster.participants.find((participant) => participant.id === id)?.key ?? "nobody";
  }
  get ids(): string[] {
    return this.roster.participants.map(({ id }) => id);
  }
  get absent(): string[] {
    return this.roster.participants.filter((participant) => participant.absent).map(({ id }) => id);
  }
  types(): string[] {
    return this.effects.map(({ type }) => type);
  }
}

const offer = { connection: "media", description: { type: "offer", sdp: "v=0" } } as const;

describe("joining and leaving", () => {
  it("waits for offers of residents, and offers to newcomers", () => {
    const room = new Room().joined("m", "1", "a");
    expect(room.effects).toContainEqual({
      type: "open-link",
      key: "1",
      id: "a",
      offerFirst: false,
      polite: true,
    });
    room.participantJoined("z");
    expect(room.effects).toContainEqual({
      type: "open-link",
      key: "2",
      id: "z",
      offerFirst: true,
      polite: false,
    });
  });

  it("keeps the order of joining, and one link per participant", () => {
    const room = new Room().joined("m", "1", "b", "a").participantJoined("c").participantJoined("a");
    expect(room.ids).toEqual(["b", "a", "c"]);
  });

  it.each(["left", "removed"] as const)("closes the link at once when somebody %s", (reason) => {
    const room = new Room().joined("m", "1", "a").link("a", "connected").participantLeft("a", reason);
    expect(room.types()).toEqual(["close-link", "participant-left"]);
    expect(room.ids).toEqual([]);
  });

  it("delivers signals of known participants only", () => {
    const room = new Room().joined("m", "1", "a").do({ type: "signal", from: "a", signal: offer });
    expect(room.types()).toEqual(["deliver-signal"]);
    expect(room.do({ type: "signal", from: "stranger", signal: offer }).effects).toEqual([]);
  });

  it("bounds the number of participants", () => {
    const room = new Room().joined("m", "1", ...Array.from({ length: 200 }, (_, n) => `p${n}`));
    expect(room.ids).toHaveLength(MAX_PARTICIPANTS);
  });

  it("closes everything when we leave", () => {
    const room = new Room().joined("m", "1", "a", "b").do({ type: "left" });
    expect(room.types()).toEqual(["close-link", "close-link"]);
    expect(room.roster.self).toBeNull();
  });
});

describe("a participant lost by the server", () => {
  const lost = () => new Room().joined("m", "1", "a").link("a", "connected").participantLeft("a", "lost");

  it("stays as absent while the link works", () => {
    expect(lost().absent).toEqual(["a"]);
  });

  it("is removed when the link fails or stays down, or after a bounded time", () => {
    expect(lost().link("a", "failed").ids).toEqual([]);
    expect(lost().link("a", "reconnecting").pass(ABSENT_LINK_DOWN_TIMEOUT_MS).ids).toEqual([]);
    expect(lost().pass(ABSENT_TIMEOUT_MS - 1).ids).toEqual(["a"]);
    expect(lost().pass(ABSENT_TIMEOUT_MS).ids).toEqual([]);
  });

  it("is removed at once if the link was down already", () => {
    expect(new Room().joined("m", "1", "a").participantLeft("a", "lost").ids).toEqual([]);
  });

  it("keeps key and link when they return with another ID and announce it in a hello", () => {
    const room = lost().participantJoined("y");
    expect(room.ids).toEqual(["a"]);
    room.hello(room.key("a"), "y", "1");
    expect(room.ids).toEqual(["y"]);
    expect(room.absent).toEqual([]);
    expect(room.key("y")).toBe("1");
    expect(room.effects).toContainEqual({ type: "set-polite", key: "1", polite: false });
    expect(room.types()).not.toContain("participant-left");
  });
});

describe("after a server restart", () => {
  const restarted = () =>
    new Room().joined("m", "1", "a", "b").link("a", "connected").link("b", "connected").joined("k", "2");

  it("links stay open, and our new ID is announced on them", () => {
    const room = restarted();
    expect(room.absent).toEqual(["a", "b"]);
    expect(room.types()).toContain("send-hello");
    expect(room.types()).not.toContain("close-link");
  });

  it("a hello matches participants, whether it comes after the server's message or before it", () => {
    const room = restarted().participantJoined("a2");
    room.hello(room.key("a"), "a2", "2").hello(room.key("b"), "b2", "2").participantJoined("b2");
    expect(room.ids).toEqual(["a2", "b2"]);
    expect(room.absent).toEqual([]);
  });

  it("a hello matches participants, even if it comes before the answer to our own join", () => {
    const room = new Room()
      .joined("m", "1", "a")
      .link("a", "connected")
      .hello("1", "a2", "2")
      .joined("k", "2", "a2");
    expect(room.ids).toEqual(["a2"]);
    expect(room.absent).toEqual([]);
  });

  it("a newcomer gets a new link after a bounded wait, with the signals they sent meanwhile", () => {
    const room = restarted().participantJoined("new").do({ type: "signal", from: "new", signal: offer });
    expect(room.ids).toEqual(["a", "b"]);
    room.pass(HELLO_TIMEOUT_MS);
    expect(room.ids).toEqual(["a", "b", "new"]);
    expect(room.types()).toEqual(["participant-joined", "open-link", "deliver-signal"]);
  });

  it("newcomers stop waiting as soon as no absent participant is left to match", () => {
    const room = restarted().participantJoined("a2").participantJoined("new");
    room.hello(room.key("a"), "a2", "2").link("b", "failed");
    expect(room.ids).toEqual(["a2", "new"]);
  });

  it("absent participants stay for as long as their link works", () => {
    const room = restarted().pass(ABSENT_TIMEOUT_MS * 10);
    expect(room.absent).toEqual(["a", "b"]);
    expect(room.link("a", "reconnecting").pass(ABSENT_LINK_DOWN_TIMEOUT_MS).ids).toEqual(["b"]);
  });

  it("participants whose link did not work are removed", () => {
    const room = new Room().joined("m", "1", "a").joined("k", "2");
    expect(room.ids).toEqual([]);
  });
});

describe("after our own socket reconnected", () => {
  it("with the same ID, those who joined and left meanwhile are reconciled", () => {
    const room = new Room().joined("m", "1", "a", "b").link("a", "connected").joined("m", "1", "b", "c");
    expect(room.ids).toEqual(["a", "b"]);
    expect(room.absent).toEqual(["a"]);
    // c may be a with a new ID: wait for a hello.
    expect(room.pass(HELLO_TIMEOUT_MS).ids).toEqual(["a", "b", "c"]);
    expect(room.effects).toContainEqual(
      expect.objectContaining({ type: "open-link", id: "c", offerFirst: true }),
    );
    expect(room.types()).not.toContain("send-hello");
  });

  it("with another ID, working links to known participants stay", () => {
    const room = new Room().joined("m", "1", "a").link("a", "connected").joined("z", "1", "a");
    expect(room.ids).toEqual(["a"]);
    expect(room.absent).toEqual([]);
    expect(room.types()).toEqual(["repair-link", "set-polite", "send-hello"]);
  });

  it("with another ID, broken links are replaced: the others may have closed theirs", () => {
    const room = new Room().joined("m", "1", "a", "b").link("a", "connected").link("a", "reconnecting");
    room.link("b", "connected").joined("z", "1", "a", "b");
    expect(room.effects).toContainEqual({ type: "close-link", key: "1" });
    expect(room.effects).toContainEqual({
      type: "open-link",
      key: "1",
      id: "a",
      offerFirst: false,
      polite: true,
    });
    expect(room.effects).not.toContainEqual(expect.objectContaining({ type: "open-link", key: "2" }));
    expect(room.ids).toEqual(["a", "b"]);
    expect(room.types()).not.toContain("participant-left");
  });

  it("with another ID, links that break soon afterwards are replaced as well", () => {
    const room = new Room().joined("m", "1", "a").link("a", "connected").joined("z", "1", "a");
    room.link("a", "reconnecting");
    expect(room.effects).toEqual([
      { type: "close-link", key: "1" },
      { type: "open-link", key: "1", id: "a", offerFirst: false, polite: true },
    ]);
    // The new link is repaired like any other.
    expect(room.link("a", "connected").link("a", "reconnecting").effects).toEqual([]);
  });

  it("with another ID, links that worked long enough are repaired, not replaced", () => {
    const room = new Room().joined("m", "1", "a").link("a", "connected").joined("z", "1", "a");
    expect(room.pass(ABSENT_TIMEOUT_MS).link("a", "reconnecting").effects).toEqual([]);
  });
});

it("does not let a present participant take over another ID", () => {
  const room = new Room()
    .joined("m", "1", "a", "b")
    .link("a", "connected")
    .link("b", "connected")
    .participantLeft("b", "lost")
    .participantJoined("b2");
  room.hello(room.key("a"), "b2", "1");
  expect(room.ids).toEqual(["a", "b"]);
});

describe("for any events in any order", () => {
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

  it("links and participants match one to one, and the roster ends up as the server reports it", () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 60 }), fc.uniqueArray(id), (events, present) => {
        const room = new Room();
        const open = new Set<string>();
        const checkInvariants = () => {
          for (const effect of room.effects) {
            if (effect.type === "open-link") {
              expect(open.has(effect.key)).toBe(false);
              open.add(effect.key);
            } else if (effect.type === "close-link") {
              expect(open.delete(effect.key)).toBe(true);
            } else if ("key" in effect && !effect.type.startsWith("participant")) {
              expect(open.has(effect.key)).toBe(true);
            }
          }
          expect([...open].sort()).toEqual(room.roster.participants.map(({ key }) => key).sort());
          const ids = [...room.ids, ...room.roster.pending.map((pending) => pending.id)];
          expect(new Set(ids).size).toBe(ids.length);
        };
        for (const one of events) {
          // A server sends events of a room only to those who are in it.
          if (room.roster.self === null && one.type.startsWith("participant")) continue;
          if (one.type === "pass") room.pass(one.ms);
          else room.do(one);
          checkInvariants();
        }
        room.joined("m", "9", ...present);
        checkInvariants();
        room.pass(HELLO_TIMEOUT_MS);
        checkInvariants();
        const shown = room.roster.participants
          .filter((participant) => !participant.absent)
          .map((participant) => participant.id);
        expect(shown.sort()).toEqual([...present].sort());
      }),
      { numRuns: 500 },
    );
  });
});
