import fc from "fast-check";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Source } from "../../types";
import { disagreement } from "../testing/agreement";
import { ConnectionPair, type ConnectionSide } from "../testing/connection-pair";
import { FIREFOX } from "../testing/fake-browser";
import { FakeMediaStream } from "../testing/fake-media";
import type { Side } from "../testing/fake-signaling";
import { randomPicker } from "../testing/random";

beforeEach(() => vi.stubGlobal("MediaStream", FakeMediaStream));
afterEach(() => vi.unstubAllGlobals());

const SOURCES: readonly Source[] = ["microphone", "camera", "screen", "screen-audio"];
/** As the link does it, in milliseconds. */
const RESEND_MS = 4_000;

type Action =
  | { type: "start" }
  | { type: "track"; source: Source; on: boolean }
  | { type: "restart" }
  | { type: "resend" };

const action: fc.Arbitrary<Action> = fc.oneof(
  fc.constant<Action>({ type: "start" }),
  fc.record({ type: fc.constant("track" as const), source: fc.constantFrom(...SOURCES), on: fc.boolean() }),
  fc.constant<Action>({ type: "restart" }),
  fc.constant<Action>({ type: "resend" }),
);
/** What a side does, and how many steps run before. */
const script = fc.array(fc.tuple(fc.constantFrom<Side>("a", "b"), action, fc.nat(12)), { maxLength: 25 });

function perform({ connection }: ConnectionSide, next: Action): void {
  switch (next.type) {
    case "start":
      connection.start();
      break;
    case "track": {
      const kind = next.source === "camera" || next.source === "screen" ? "video" : "audio";
      const track = next.on ? { media: { kind } as MediaStreamTrack } : null;
      connection.content.transceivers.setTrack(next.source, track, connection.started);
      break;
    }
    case "restart":
      connection.restartIce();
      break;
    case "resend":
      connection.resendOffer(0);
  }
}

const sourcesSent = ({ connection, pc }: ConnectionSide): string[] =>
  Object.entries(connection.content.transceivers.sourcesByMid())
    .filter(([mid]) => /^send/.test(pc.negotiated.find((section) => section.mid === mid)?.direction ?? ""))
    .map(([, source]) => source)
    .sort();

const sourcesReceived = ({ connection }: ConnectionSide): string[] =>
  connection.content.transceivers
    .receiving()
    .map(({ source }) => source)
    .sort();

it("two connections converge, whatever happens in whatever order", async () => {
  await fc.assert(
    fc.asyncProperty(script, fc.integer(), fc.boolean(), async (steps, seed, firefox) => {
      const pick = randomPicker(seed);
      const browsers = firefox ? { b: FIREFOX } : {};
      const pair = new ConnectionPair((made) => vi.stubGlobal("RTCPeerConnection", made), browsers);
      for (const [side, next, before] of steps) {
        for (let count = 0; count < before && pair.queue.lanes.length > 0; count += 1)
          await pair.queue.run(pick(pair.queue.lanes));
        perform(pair[side], next);
      }
      pair.a.connection.start();
      await pair.queue.drain({ pick });
      // An answer may have been ignored as a duplicate: the offer is sent again then.
      for (let round = 0; round < 5 && disagreement(pair.a.pc, pair.b.pc); round += 1) {
        pair.now += RESEND_MS;
        for (const { connection } of pair.sides) connection.resendOffer(RESEND_MS);
        await pair.queue.drain({ pick });
      }
      expect(disagreement(pair.a.pc, pair.b.pc)).toBeNull();
      expect([...pair.a.failures, ...pair.b.failures]).toEqual([]);
      expect(sourcesReceived(pair.a)).toEqual(sourcesSent(pair.b));
      expect(sourcesReceived(pair.b)).toEqual(sourcesSent(pair.a));
    }),
    { numRuns: 200 },
  );
});
