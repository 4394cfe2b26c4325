import { expect, it } from "vitest";
import { isolated, shownName } from "./shown-name";
import { TEXTS } from "./text";

it("isolates names from right to left, and changes no other", () => {
  for (const name of ["דנה", "علی رضا", "Dana דנה", "𐤀"]) expect(isolated(name)).toBe(`\u2068${name}\u2069`);
  for (const name of ["", "Minji", "민지", "ไทย", "田中", "👩‍👧", "Ωmega"]) expect(isolated(name)).toBe(name);
});

it("calls somebody without a name a guest", () => {
  expect(shownName("", TEXTS.en)).toBe("Guest");
  expect(shownName("", TEXTS.ko)).toBe("게스트");
  expect(TEXTS.en.announcements.participantJoined(shownName("דנה", TEXTS.en))).toBe("\u2068דנה\u2069 joined");
});
