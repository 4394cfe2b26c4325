import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkServerMessage } from "./check";
import { cleanName, limitName, sentName } from "./name";

const cases: { what: string; input: string; name: string }[] = JSON.parse(
  readFileSync(new URL("../../../crates/protocol/tests/names.json", import.meta.url), "utf8"),
);

/** Characters of all kinds that the rule tells apart, close together. */
const hostile = fc
  .array(
    fc.oneof(
      {
        weight: 4,
        arbitrary: fc.constantFrom(
          ..."\u200b\u200c\u200d\u200e\u202e\u2066\u2069\ufe0e\ufe0f\u0301\u0302\u20e3\u{1f3f4}\u{1f468}\u{1f3fd}",
          ..."\u{e0062}\u{e007f}\u{e0100}\u0915\u094d\u3164漢 a1",
          "\ud83d",
          "\udc68",
        ),
      },
      { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 1 }) },
    ),
    { maxLength: 24 },
  )
  .map((parts) => parts.join(""));

describe("a display name", () => {
  it.each(cases)("is cleaned as in Rust: $what", ({ input, name }) => {
    expect(cleanName(input)).toBe(name);
  });

  it("stays the same when it is cleaned again", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const once = cleanName(text);
        expect(cleanName(once)).toBe(once);
        expect([...once].length).toBeLessThanOrEqual([...text].length);
      }),
    );
  });

  it("has no half of a surrogate pair: the server could not read the message", () => {
    expect(cleanName("a\ud83d b\ude00")).toBe("a b");
    expect(limitName("a\ud83d")).toBe("a");
  });

  it("is cleaned when a server sends it", () => {
    const id = "3f2a6c1e-8b7d-4e5f-9a01-2b3c4d5e6f70";
    const frame = { type: "participant-joined", participant: { id, name: "\u202eexe.gpj\u200b" } };
    expect(checkServerMessage(JSON.stringify(frame))).toMatchObject({
      ok: true,
      value: { participant: { id, name: "exe.gpj" } },
    });
  });
});

describe("the limit of 64 characters", () => {
  it("counts code points, as the server does, and keeps spaces at the end while one types", () => {
    expect(limitName("😀".repeat(64))).toBe("😀".repeat(64));
    expect(limitName("a b ")).toBe("a b ");
    expect(limitName("가".repeat(65))).toBe("가".repeat(64));
  });

  it.each([
    ["an emoji", "😀"],
    ["a family", "👩‍👩‍👧‍👦"],
    ["a flag", "🇰🇷"],
    ["a letter with its mark", "e\u0301"],
    ["a syllable of separate jamo", "\u1112\u1161\u11ab"],
  ])("drops %s whole rather than cut it", (_, last) => {
    const before = "a".repeat(64 - [...last].length + 1);
    expect(limitName(before + last)).toBe(before);
    expect(limitName(before.slice(1) + last)).toBe(before.slice(1) + last);
  });

  it("holds for every name that is sent, which is a clean one", () => {
    fc.assert(
      fc.property(fc.array(hostile, { maxLength: 8 }), (parts) => {
        const name = sentName(parts.join(""));
        expect([...name].length).toBeLessThanOrEqual(64);
        expect(cleanName(name)).toBe(name);
        expect(name).not.toMatch(/\p{Cs}/u);
      }),
    );
  });
});
