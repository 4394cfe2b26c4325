import { test } from "../desktop/lab-test";
import type { Lab } from "../fixtures/lab";
import { type Recording, record } from "./recorder";
import { keepResult, pause } from "./results";
import { desktopAndChromium, type Side, twoChromiums } from "./sides";

/** How long no packet arrives, signaling included. Seconds. */
const OUTAGES = [5, 12, 35, 90];
/** A link that has not recovered after this counts as lost. Seconds. */
const GIVEN_UP = 60;

const CLEAN = { delayMs: 10 };

/** Runs in a page. */
const readFrames = () => (globalThis as unknown as { __recording: Recording }).__recording.frames;

/** Seconds from the moment that the path is back until each side shows a new picture of the other. */
async function measure(
  lab: Lab,
  sides: [Side, Side],
): Promise<Record<string, Record<string, number | null>>> {
  const [one, two] = sides;
  await lab.set(CLEAN);
  await one.evaluate(record, two.name);
  await two.evaluate(record, one.name);
  await pause(10);
  const results: Record<string, Record<string, number | null>> = {};
  for (const seconds of OUTAGES) {
    await lab.set({ ...CLEAN, loss: 1 });
    await pause(seconds);
    const back = Date.now();
    await lab.set(CLEAN);
    const seen: Record<string, number | null> = {};
    while (Object.keys(seen).length < 2 && Date.now() - back < GIVEN_UP * 1_000) {
      await pause(0.2);
      for (const side of sides) {
        const first = (await side.evaluate(readFrames)).find((at) => at > back + 50);
        if (first !== undefined) seen[side.name] ??= Math.round(first - back) / 1_000;
      }
    }
    for (const side of sides) seen[side.name] ??= null;
    results[`${seconds} s`] = seen;
    await pause(8);
  }
  return results;
}

const TIMEOUT_MS = (OUTAGES.length * (GIVEN_UP + 100) + 180) * 1_000;

test("a dead path, desktop and Chromium", async ({ app, lab, enter, room }) => {
  test.setTimeout(TIMEOUT_MS);
  const sides = await desktopAndChromium(app, enter, room);
  await keepResult("dead path, desktop and Chromium", await measure(lab, sides));
});

test("a dead path, Chromium and Chromium", async ({ lab, enter, server }) => {
  test.setTimeout(TIMEOUT_MS);
  const sides = await twoChromiums(lab, enter, server);
  await keepResult("dead path, Chromium and Chromium", await measure(lab, sides));
});
