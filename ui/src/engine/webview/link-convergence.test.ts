import fc from "fast-check";
import { expect, it, vi } from "vitest";
import { FakeMedia } from "../../../tests/fake-native";
import { settled } from "../../../tests/settled";
import type { Source } from "../types";
import { WebviewLocalTrack } from "./media/local-track";
import { disagreement } from "./testing/agreement";
import { FIREFOX } from "./testing/fake-browser";
import type { Side } from "./testing/fake-signaling";
import { stubLinkGlobals } from "./testing/link-globals";
import { LinkPair, NO_AUDIO } from "./testing/link-pair";
import { randomPicker } from "./testing/random";

stubLinkGlobals();

const track = (source: Source) => new WebviewLocalTrack(source, new FakeMedia().track, NO_AUDIO, "text");

type Action =
  | { type: "track"; source: Source; on: boolean }
  | { type: "restart" }
  | { type: "time"; ms: number };
const action: fc.Arbitrary<Action> = fc.oneof(
  fc.record({
    type: fc.constant("track" as const),
    source: fc.constantFrom<Source>("microphone", "camera", "screen"),
    on: fc.boolean(),
  }),
  fc.constant<Action>({ type: "restart" }),
  fc.record({ type: fc.constant("time" as const), ms: fc.integer({ min: 1, max: 700 }) }),
);
/** What a side does, and how many steps run before. */
const script = fc.array(fc.tuple(fc.constantFrom<Side>("a", "b"), action, fc.nat(10)), { maxLength: 20 });

it("two links converge, whoever offers first and whatever happens in whatever order", async () => {
  await fc.assert(
    fc.asyncProperty(
      script,
      fc.integer(),
      fc.constantFrom<Side | null>("a", "b", null),
      fc.constantFrom<Side | null>("a", "b", null),
      async (steps, seed, offersFirst, firefox) => {
        const pick = randomPicker(seed);
        const pair = new LinkPair((made) => vi.stubGlobal("RTCPeerConnection", made), {
          offersFirst,
          browsers: firefox ? { [firefox]: FIREFOX } : {},
        });
        for (const [side, next, before] of steps) {
          await settled();
          for (let count = 0; count < before && pair.queue.lanes.length > 0; count += 1)
            await pair.queue.run(pick(pair.queue.lanes));
          if (next.type === "time") await vi.advanceTimersByTimeAsync(next.ms);
          else if (next.type === "restart") pair[side].link.restartIce();
          else pair[side].link.setTrack(next.source, next.on ? track(next.source) : null);
        }
        // Offers that wait for an answer are sent again every four seconds.
        for (let round = 0; round < 20; round += 1) {
          await pair.queue.drain({ pick });
          await vi.advanceTimersByTimeAsync(500);
        }
        await pair.queue.drain({ pick });
        expect(disagreement(pair.pc("a"), pair.pc("b"))).toBeNull();
        // Chromium would negotiate without end for a stopped transceiver.
        for (const side of ["a", "b"] as const)
          expect(pair.pc(side).allTransceivers.some(({ stopped }) => stopped)).toBe(false);
        for (const side of [pair.a, pair.b])
          expect(side.statuses.map(([status]) => status)).not.toContain("failed");
        pair.close();
      },
    ),
    { numRuns: 200 },
  );
});
