import { expect, it } from "vitest";
import { MIN_PICKER_MS, ScreenRefusals } from "./screen-refusals";

const refused = new DOMException("in any words", "NotAllowedError");
const READ_MS = MIN_PICKER_MS + 1;

it("takes a refusal that no person can have made for the system's", () => {
  const refusals = new ScreenRefusals(() => false);
  expect(refusals.errorOf(refused, 20).code).toBe("denied");
  expect(refusals.errorOf(refused, READ_MS).code).toBe("cancelled");
});

it("gives a hint on macOS when two pickers in a row end without a screen", () => {
  const refusals = new ScreenRefusals(() => true);
  expect(refusals.errorOf(refused, READ_MS).code).toBe("cancelled");
  expect(refusals.errorOf(refused, READ_MS).code).toBe("maybe-denied");
  refusals.reset();
  expect(refusals.errorOf(refused, READ_MS).code).toBe("cancelled");
});

it("leaves two dismissals alone elsewhere", () => {
  const refusals = new ScreenRefusals(() => false);
  const codes = [1, 2, 3].map(() => refusals.errorOf(refused, READ_MS).code);
  expect(codes).toEqual(["cancelled", "cancelled", "cancelled"]);
});

it("keeps other errors, however fast", () => {
  const missing = new DOMException("", "NotFoundError");
  const refusals = new ScreenRefusals(() => true);
  expect(refusals.errorOf(missing, 5).code).toBe("missing");
  expect(refusals.errorOf(missing, READ_MS).code).toBe("missing");
});
