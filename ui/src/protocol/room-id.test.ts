import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseRoomId, randomRoomId } from "./room-id";

const vectors: { input: string; canonical: string | null }[] = JSON.parse(
  readFileSync(new URL("../../../crates/protocol/tests/room-ids.json", import.meta.url), "utf8"),
);

const canonicalOf = (text: string) => {
  const parsed = parseRoomId(text);
  return parsed.ok ? parsed.id : null;
};

describe("room IDs", () => {
  it.each(vectors)("are parsed as in Rust: $input", ({ input, canonical }) => {
    expect(canonicalOf(input)).toBe(canonical);
  });

  it("report the rule that is broken", () => {
    expect(parseRoomId("")).toEqual({ ok: false, problem: "empty" });
    expect(parseRoomId("two words")).toEqual({ ok: false, problem: "character" });
    expect(parseRoomId("a".repeat(65))).toEqual({ ok: false, problem: "too-long" });
    expect(parseRoomId("a".repeat(100_000))).toEqual({ ok: false, problem: "too-long" });
  });

  it("are idempotent under normalisation", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 80 }), (text) => {
        const id = canonicalOf(text);
        if (id !== null) expect(canonicalOf(id)).toBe(id);
      }),
    );
  });
});

describe("a generated room ID", () => {
  it("is a valid, canonical room ID", () => {
    for (let i = 0; i < 100; i++) {
      const id = randomRoomId();
      expect(id).toMatch(/^([a-z]{4}-){4}[a-z]{4}$/);
      expect(canonicalOf(id)).toBe(id);
    }
  });

  it("favours no syllable: out-of-range bytes are rejected", () => {
    const bytes = [255, 240, 79, ...Array<number>(9).fill(0)];
    const id = randomRoomId((target) => {
      target[0] = bytes.shift() ?? 0;
    });
    expect(id).toBe("zuba-baba-baba-baba-baba");
    expect(bytes).toEqual([]);
  });
});
