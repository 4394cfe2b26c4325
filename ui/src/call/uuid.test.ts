import fc from "fast-check";
import { expect, it } from "vitest";
import { randomUuid } from "./uuid";

const VERSION_4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

it.each([
  [0x00, "00000000-0000-4000-8000-000000000000"],
  [0xff, "ffffffff-ffff-4fff-bfff-ffffffffffff"],
])("sets version and variant for any random bytes (%i)", (byte, expected) => {
  expect(randomUuid((bytes) => bytes.fill(byte))).toBe(expected);
});

it("keeps every other random bit", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (random) => {
      const uuid = randomUuid((bytes) => bytes.set(random));
      expect(uuid).toMatch(VERSION_4);
      const bytes = uuid.replaceAll("-", "").match(/../g) ?? [];
      const masked = (byte: number, index: number) => byte & (index === 6 ? 0x0f : index === 8 ? 0x3f : 0xff);
      expect(bytes.map((byte, index) => masked(Number.parseInt(byte, 16), index))).toEqual(
        [...random].map(masked),
      );
    }),
  );
});

it("is different each time", () => {
  expect(new Set(Array.from({ length: 1_000 }, () => randomUuid())).size).toBe(1_000);
});
