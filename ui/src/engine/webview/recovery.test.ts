import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CONNECT_MS, MAX_RESTARTS, type RecoveryEvent, recover, startRecovery } from "./recovery";

class Bench {
  now = 0;
  state = startRecovery(0);
  restarts: number[] = [];
  constructor(private readonly polite = false) {}

  do(event: RecoveryEvent): this {
    const { state, restart } = recover(this.state, event, this.now, this.polite);
    this.state = state;
    if (restart) this.restarts.push(this.now);
    return this;
  }
  transport(state: RTCPeerConnectionState) {
    return this.do({ type: "transport", state });
  }
  pass(milliseconds: number) {
    for (const end = this.now + milliseconds; this.now < end; ) {
      this.now = Math.min(end, this.now + 500);
      this.do({ type: "tick" });
    }
    return this;
  }
}

describe("a link that never connects", () => {
  it("fails in bounded time and says that nobody answered", () => {
    const bench = new Bench().pass(CONNECT_MS);
    expect(bench.state).toMatchObject({ status: "failed", detail: "the other side did not answer" });
    expect(bench.restarts).toEqual([]);
  });

  it("tries once more where there was an answer, and says that no path was found", () => {
    const bench = new Bench().do({ type: "answered" }).pass(CONNECT_MS);
    expect(bench.state).toMatchObject({ status: "failed" });
    expect(bench.state.detail).toContain("no network path");
    expect(bench.restarts).toHaveLength(1);
  });

  it("fails at once on a description that cannot be applied", () => {
    expect(new Bench().do({ type: "broken", detail: "bad SDP" }).state).toMatchObject({
      status: "failed",
      detail: "bad SDP",
    });
  });
});

describe("a path that is lost", () => {
  it("often comes back by itself", () => {
    const bench = new Bench().transport("connected").transport("disconnected").pass(1_000);
    expect(bench.state.status).toBe("reconnecting");
    expect(bench.transport("connected").pass(60_000).state.status).toBe("connected");
    expect(bench.restarts).toEqual([]);
  });

  it("is replaced by the impolite side first", () => {
    const impolite = new Bench(false).transport("connected").transport("disconnected").pass(10_000);
    const polite = new Bench(true).transport("connected").transport("disconnected").pass(10_000);
    expect(impolite.restarts[0]).toBeLessThan(polite.restarts[0] ?? 0);
  });

  it("is given up after a bounded number of growing waits", () => {
    const bench = new Bench().transport("connected").transport("disconnected").pass(600_000);
    expect(bench.state.status).toBe("failed");
    expect(bench.restarts).toHaveLength(MAX_RESTARTS);
    const waits = bench.restarts.slice(1).map((at, index) => at - (bench.restarts[index] ?? 0));
    expect([...waits].sort((a, b) => a - b)).toEqual(waits);
  });

  it("can be tried again after that, and works when the other side finds one", () => {
    const bench = new Bench().transport("connected").transport("disconnected").pass(600_000);
    bench.restarts = [];
    expect(bench.do({ type: "restart" }).state.status).toBe("reconnecting");
    expect(bench.restarts).toHaveLength(1);
    expect(bench.transport("connected").state).toMatchObject({
      status: "connected",
      detail: "",
      restarts: 0,
    });
  });
});

it("never stays silently in between: within ten minutes every link is connected or failed", () => {
  const event = fc.oneof(
    fc
      .constantFrom<RTCPeerConnectionState>("connecting", "connected", "disconnected", "failed")
      .map((state): RecoveryEvent => ({ type: "transport", state })),
    fc.constantFrom<RecoveryEvent>(
      { type: "answered" },
      { type: "restart" },
      { type: "tick" },
      { type: "broken", detail: "x" },
    ),
  );
  fc.assert(
    fc.property(
      fc.array(fc.tuple(event, fc.nat(20_000)), { maxLength: 40 }),
      fc.boolean(),
      (events, polite) => {
        const bench = new Bench(polite);
        for (const [one, wait] of events) {
          bench.do(one);
          bench.now += wait;
        }
        bench.restarts = [];
        bench.pass(600_000);
        expect(["connected", "failed"]).toContain(bench.state.status);
        expect(bench.restarts.length).toBeLessThanOrEqual(MAX_RESTARTS + 1);
      },
    ),
  );
});
