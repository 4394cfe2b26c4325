import { expect, test } from "vitest";
import { FIRST_RETRY_MS, MAX_RETRIES, POLITE_RETRY_EXTRA_MS, Retries } from "./retries";

/** Fails at once whenever it is tried; when it was tried, in milliseconds. */
function hopeless(retries: Retries, until: number): number[] {
  const tried: number[] = [];
  retries.failed("a", 0, false);
  for (let now = 0; now <= until; now += 500) {
    for (const key of retries.due(now)) {
      tried.push(now);
      retries.failed(key, now, false);
    }
  }
  return tried;
}

test("a link that keeps failing is tried ever more rarely, and then left to the person", () => {
  const tried = hopeless(new Retries(), 3_600_000);
  expect(tried).toHaveLength(MAX_RETRIES);
  const waits = tried.map((at, index) => at - (tried[index - 1] ?? 0));
  expect(waits).toEqual([5_000, 10_000, 20_000, 40_000, 80_000, 160_000]);
});

test("what works again begins anew", () => {
  const retries = new Retries();
  hopeless(retries, 40_000);
  retries.forget("a");
  expect(retries.due(3_600_000)).toEqual([]);
  expect(hopeless(retries, FIRST_RETRY_MS)).toEqual([FIRST_RETRY_MS]);
});

test("the polite side lets the other try first, and neither tries twice for one failure", () => {
  const retries = new Retries();
  retries.failed("impolite", 0, false);
  retries.failed("polite", 0, true);
  expect(retries.due(FIRST_RETRY_MS)).toEqual(["impolite"]);
  expect(retries.due(FIRST_RETRY_MS + POLITE_RETRY_EXTRA_MS)).toEqual(["polite"]);
  expect(retries.due(3_600_000)).toEqual([]);
});
