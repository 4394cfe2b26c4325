import { expect, it } from "vitest";
import { byHand, handPosition, withHand } from "./raised-hands";

it("keeps the order in which hands were raised, and begins again for one that was lowered", () => {
  let hands: readonly string[] = [];
  for (const key of ["b", "self", "a"]) hands = withHand(hands, key, true);
  expect(hands).toEqual(["b", "self", "a"]);
  expect(withHand(hands, "b", true)).toBe(hands);
  expect(withHand(hands, "c", false)).toBe(hands);
  hands = withHand(withHand(hands, "b", false), "b", true);
  expect(hands).toEqual(["self", "a", "b"]);
});

it("numbers hands only where there are several", () => {
  expect(handPosition(["a"], "a")).toBeNull();
  expect(["b", "a", "c"].map((key) => handPosition(["b", "a"], key))).toEqual([1, 2, null]);
});

it("sorts people by raised hand, and leaves the others in their order", () => {
  const people = ["self", "a", "b", "c"].map((key) => ({ key }));
  expect(byHand(people, ["c", "self"]).map(({ key }) => key)).toEqual(["c", "self", "a", "b"]);
  expect(byHand(people, [])).toEqual(people);
});
