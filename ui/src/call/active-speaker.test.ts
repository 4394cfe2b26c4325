import { describe, expect, it } from "vitest";
import { HOLD_MS, NO_SPEAKER, nextSpeaker, TAKEOVER_MS } from "./active-speaker";

/** Steps of 200 ms with these levels; the active speaker after each. */
function speakers(steps: Record<string, number>[]): (string | null)[] {
  let state = NO_SPEAKER;
  return steps.map((levels, index) => {
    state = nextSpeaker(state, new Map(Object.entries(levels)), index * 200);
    return state.speaker;
  });
}
const times = <T>(count: number, step: T): T[] => Array<T>(count).fill(step);

describe("the active speaker", () => {
  it("is nobody in silence, then the first who speaks", () => {
    expect(
      speakers([
        { a: 0.1, b: 0 },
        { a: 0.6, b: 0 },
      ]),
    ).toEqual([null, "a"]);
  });

  it("stays through a short pause, but not a long one", () => {
    const pause = HOLD_MS / 200;
    const shown = speakers([{ a: 0.6 }, ...times(pause + 1, { a: 0 })]);
    expect(shown.slice(0, pause + 1)).toEqual(times(pause + 1, "a"));
    expect(shown.at(-1)).toBeNull();
  });

  it("does not change for a short noise", () => {
    expect(new Set(speakers([{ a: 0.6, b: 0 }, { a: 0.5, b: 0.9 }, ...times(5, { a: 0.6, b: 0 })]))).toEqual(
      new Set(["a"]),
    );
  });

  it("changes to somebody who keeps speaking", () => {
    const shown = speakers([{ a: 0.6, b: 0 }, ...times(TAKEOVER_MS / 200 + 1, { a: 0.1, b: 0.8 })]);
    expect(shown.at(-2)).toBe("a");
    expect(shown.at(-1)).toBe("b");
  });

  it("does not alternate between equally loud speakers", () => {
    const shown = speakers(
      Array.from({ length: 40 }, (_, n) => (n % 2 ? { a: 0.6, b: 0.63 } : { a: 0.63, b: 0.6 })),
    );
    expect(new Set(shown).size).toBe(1);
  });

  it("changes at once when the speaker leaves", () => {
    expect(speakers([{ a: 0.6, b: 0 }, { b: 0.5 }])).toEqual(["a", "b"]);
  });
});
