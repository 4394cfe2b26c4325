import { expect, test } from "vitest";
import { FIRST_RETRY_MS, MAX_RETRIES, POLITE_RETRY_EXTRA_MS, Retries } from "./retries";

/** Every retry fails at once. Returns the times of the retries, in milliseconds. */
function retryTimes(retries: Retries, until: number): number[] {
  const times: number[] = [];
  retries.failed("a", 0, false);
  for (let now = 0; now <= until; now += 500) {
    for (const key of retries.due(now)) {
      times.push(now);
      retries.failed(key, now, false);
    }
  }
  return times;
}

test("a link that keeps failing is retried with growing delays, a bounded number of times", () => {
  const times = retryTimes(new Retries(), 3_600_000);
  expect(times).toHaveLength(MAX_RETRIES);
  const delays = times.map((at, index) => at - (times[index - 1] ?? 0));
  expect(delays).toEqual([5_000, 10_000, 20_000, 40_000, 80_000, 160_000]);
});

test("a link that worked in between starts over", () => {
  const retries = new Retries();
  retryTimes(retries, 40_000);
  retries.reset("a");
  expect(retries.due(3_600_000)).toEqual([]);
  expect(retryTimes(retries, FIRST_RETRY_MS)).toEqual([FIRST_RETRY_MS]);
});

test("the polite side retries later than the other, and each side once per failure", () => {
  const retries = new Retries();
  retries.failed("impolite", 0, false);
  retries.failed("polite", 0, true);
  expect(retries.due(FIRST_RETRY_MS)).toEqual(["impolite"]);
  expect(retries.due(FIRST_RETRY_MS + POLITE_RETRY_EXTRA_MS)).toEqual(["polite"]);
  expect(retries.due(3_600_000)).toEqual([]);
});
