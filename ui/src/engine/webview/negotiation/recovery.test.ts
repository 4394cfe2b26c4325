import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LinkStatus } from "../../types";
import { CONNECT_MS, RETRY_MS, type RecoveryEvent, recover, startRecovery } from "./recovery";

/** Interval of `tick` in the tests, in milliseconds. */
const TICK_MS = 100;

const EVENTS = {
  connected: { type: "transport", state: "connected" },
  silent: { type: "transport", state: "disconnected" },
  failed: { type: "transport", state: "failed" },
  answered: { type: "answered", restarted: false },
  "answered-restart": { type: "answered", restarted: true },
  restart: { type: "restart" },
  broken: { type: "broken", detail: "broken" },
} satisfies Record<string, RecoveryEvent>;
type EventName = keyof typeof EVENTS;

class Bench {
  now = 0;
  state;
  restarts: number[] = [];
  constructor(
    private readonly polite = false,
    seed = 0,
  ) {
    this.state = startRecovery(0, seed);
  }

  do(...names: EventName[]): this {
    for (const name of names) this.#step(EVENTS[name]);
    return this;
  }
  pass(milliseconds: number): this {
    for (const end = this.now + milliseconds; this.now < end; ) {
      this.now = Math.min(end, this.now + TICK_MS);
      this.#step({ type: "tick" });
    }
    return this;
  }
  tick(): void {
    this.#step({ type: "tick" });
  }
  #step(event: RecoveryEvent): void {
    const { state, restart } = recover(this.state, event, this.now, this.polite);
    this.state = state;
    if (restart) this.restarts.push(this.now);
  }
}

interface Vector {
  name: string;
  polite: boolean;
  seed: number;
  events: [number, EventName][];
  until: number;
  restarts: number[];
  status: LinkStatus;
  detail: string;
}

const VECTORS: Vector[] = JSON.parse(
  readFileSync(new URL("../../../../../crates/negotiation/vectors/recovery.json", import.meta.url), "utf8"),
);

describe("the vectors shared with the native engine", () => {
  it.each(VECTORS)("$name", ({ polite, seed, events, until, restarts, status, detail }) => {
    const bench = new Bench(polite, seed);
    const rest = [...events];
    for (; bench.now <= until; bench.now += 1) {
      while (rest[0] && rest[0][0] <= bench.now) bench.do(...rest.splice(0, 1).map(([, name]) => name));
      if (bench.now % TICK_MS === 0) bench.tick();
    }
    expect(bench.restarts).toEqual(restarts);
    expect(bench.state).toMatchObject({ status, detail });
  });
});

it("fails in bounded time when the remote side does not answer", () => {
  const bench = new Bench().pass(CONNECT_MS);
  expect(bench.state).toMatchObject({ status: "failed", detail: "the other side did not answer" });
  expect(bench.restarts).toEqual([]);
});

it("leaves the first restart to the impolite side", () => {
  const [impolite, polite] = [false, true].map((polite) =>
    new Bench(polite).do("connected", "silent").pass(10_000),
  );
  expect(impolite?.restarts[0]).toBeLessThan(polite?.restarts[0] ?? 0);
});

/**
 * Two ends of a link, the signaling between them, and a path that is cut: the same model as in
 * `crates/engine/src/link/recovery/tests.rs`. A restart succeeds only if the path is back when its exchange ends.
 */
describe("a path that was cut", () => {
  /** From an answer to a selected pair; from the cut to `disconnected`, and to `failed`. Milliseconds. */
  const CHECKS_MS = 400;
  const DISCONNECTED_MS = 1_500;
  const FAILED_MS = 16_500;

  function backAfter(cut: number, seeds: [number, number], delay: number): number | null {
    const sides = [new Bench(false, seeds[0]), new Bench(true, seeds[1])];
    for (const side of sides) side.do("connected");
    let exchange: { whose: number; answered: number } | null = null;
    let found = Number.POSITIVE_INFINITY;
    for (let at = 0; at < cut + 60_000; at += 50) {
      const notify = (name?: EventName) => {
        for (const [whose, side] of sides.entries()) {
          const before = side.restarts.length;
          side.now = at;
          if (name) side.do(name);
          else side.tick();
          // Of two crossing offers the impolite side's is answered.
          if (side.restarts.length > before && (exchange === null || (exchange.whose === 1 && whose === 0)))
            exchange = { whose, answered: at + 2 * delay };
        }
      };
      if (at === DISCONNECTED_MS) notify("silent");
      if (at === FAILED_MS) notify("failed");
      if (exchange !== null && at >= (exchange as { answered: number }).answered) {
        exchange = null;
        found = at >= cut ? at + CHECKS_MS : Number.POSITIVE_INFINITY;
        notify("answered-restart");
      }
      if (at >= found) {
        notify("connected");
        expect(sides.map((side) => side.state.status)).toEqual(["connected", "connected"]);
        return at - cut;
      }
      notify();
    }
    return null;
  }

  it("is used again within six seconds of its return, however long it was cut", () => {
    const share = fc.double({ min: 0, max: 0.999, noNaN: true });
    fc.assert(
      fc.property(
        fc.integer({ min: 100, max: 2_400 }),
        fc.tuple(share, share),
        fc.integer({ min: 5, max: 200 }),
        (cut, seeds, delay) => {
          const after = backAfter(cut * 50, seeds, delay);
          expect(after).not.toBeNull();
          expect(after).toBeLessThanOrEqual(6_000);
        },
      ),
    );
  });
});

it("a link that was connected restarts ICE at least every five seconds, whatever happened before", () => {
  const names = Object.keys(EVENTS) as EventName[];
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.constantFrom(...names), fc.nat(20_000)), { maxLength: 40 }),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      fc.boolean(),
      (events, seed, polite) => {
        const bench = new Bench(polite, seed);
        for (const [name, wait] of events) {
          bench.do(name);
          bench.now += wait;
        }
        bench.restarts = [];
        const start = bench.now;
        bench.tick();
        bench.pass(120_000);
        const { restarts } = bench;
        if (bench.state.status === "reconnecting") {
          const waits = restarts.map((at, index) => at - (restarts[index - 1] ?? start));
          expect(Math.max(...waits)).toBeLessThanOrEqual(5_000);
          expect(Math.min(...waits.slice(1))).toBeGreaterThanOrEqual(RETRY_MS);
        } else {
          expect(["connected", "failed"]).toContain(bench.state.status);
          expect(restarts.length).toBeLessThanOrEqual(1);
        }
      },
    ),
  );
});
