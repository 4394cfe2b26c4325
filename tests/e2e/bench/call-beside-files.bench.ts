/** A call of two people over a narrow path, while one of them sends the other a file. */
import { mergeTests } from "@playwright/test";
import { writeRandom } from "../desktop/file-tree";
import { expect, test as mixedTest } from "../desktop/files-mixed-test";
import { test as labTest } from "../desktop/lab-test";
import type { Interval } from "./metrics";
import { type CounterSample, recorded, rememberConnections, sampleCounters } from "./recorder";
import { keepResult, pause } from "./results";

const test = mergeTests(mixedTest, labTest);

const SECONDS = Number(process.env.MARU_BENCH_SECONDS ?? 30);
/** Until the receiver knows the delay of the path. */
const SETTLE = 8;
/** Mbit/s, and milliseconds after which the queue is full. */
const PATHS = [20, 5].flatMap((rate) => [50, 200, 1_000].map((queueMs) => ({ rate, queueMs })));
const NAME = "large.bin";

for (const { rate, queueMs } of PATHS) {
  const title = `call beside a file, ${rate} Mbit/s, queue of ${queueMs} ms`;
  test(title, async ({ lab, meet }) => {
    const { desktop, guest } = await meet({ prepare: rememberConnections });
    // The other direction needs nothing: what the path does to the audio is heard by the one who receives the file.
    await desktop.window.click({
      using: "css selector",
      value: `[data-testid="dock"] [aria-keyshortcuts="M"]`,
    });
    const bitsPerSecond = rate * 1_000_000;
    const bytes = Math.round((bitsPerSecond / 8) * SECONDS * 1.5);
    await writeRandom(desktop.path(NAME), bytes);
    await lab.set({ delayMs: 10, rate: bitsPerSecond, queueMs });
    await guest.person.evaluate(sampleCounters);
    await pause(SETTLE);
    const alone = await interval(() => pause(SECONDS));
    await desktop.drop(guest, desktop.path(NAME));
    await guest.accept();
    await guest.open();
    const before = await guest.progress();
    const beside = await interval(() => pause(SECONDS));
    const percent = (await guest.progress()) - before;
    await guest.expectState("active");
    const { counters } = await guest.person.evaluate(recorded);
    const seconds = (beside.to - beside.from) / 1_000;
    await keepResult(title, {
      concealedAlone: concealedIn(counters, alone),
      concealedBeside: concealedIn(counters, beside),
      // Without headers, and without the audio.
      used: (percent / 100) * ((bytes * 8) / seconds / bitsPerSecond),
    });
  });
}

async function interval(during: () => Promise<unknown>): Promise<Interval> {
  const from = Date.now();
  await during();
  return { from, to: Date.now() };
}

/** The share of the audio that was concealment, and not silence. */
function concealedIn(counters: readonly CounterSample[], { from, to }: Interval): number {
  const [first, last] = [from, to].map((time) => counters.findLast(({ at }) => at <= time));
  const played = (last?.played ?? 0) - (first?.played ?? 0);
  expect(played, "audio samples").toBeGreaterThan(0);
  return ((last?.concealed ?? 0) - (first?.concealed ?? 0)) / played;
}
