import { expect, it } from "vitest";
import { errorDetail } from "./error-detail";

function error(stack: string | undefined): Error {
  const made = new TypeError("x is undefined");
  Object.defineProperty(made, "stack", { value: stack });
  return made;
}

it.each([
  [
    "Chromium",
    "TypeError: x is undefined\n    at f (a.js:1:2)",
    "TypeError: x is undefined\n    at f (a.js:1:2)",
  ],
  ["Firefox, Safari", "f@a.js:1:2", "TypeError: x is undefined\nf@a.js:1:2"],
  ["none", undefined, "TypeError: x is undefined"],
])("contains name and message once, whatever the stack contains (%s)", (_, stack, expected) => {
  expect(errorDetail(error(stack))).toBe(expected);
});
