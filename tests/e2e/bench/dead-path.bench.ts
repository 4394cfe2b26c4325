import { test } from "../desktop/lab-test";
import { enterWithEverything } from "../desktop/native";
import type { Lab } from "../fixtures/lab";
import { type Recording, record, rememberConnections } from "./recorder";
import { keepResult, pause } from "./results";

/** For so long nothing arrives, signaling included. Seconds. */
const DEAD = [5, 12, 35, 90];
/** Until the path counts as lost for good. Seconds. */
const GIVEN_UP = 60;

const PICTURES = { width: 640, height: 480, frameRate: 30 };
const CLEAN = { delayMs: 10 };

interface Side {
  name: string;
  start(other: string): Promise<void>;
  frames(): Promise<number[]>;
}

/** Runs in a page. */
const readFrames = () => (globalThis as unknown as { __recording: Recording }).__recording.frames;

/** Seconds from the moment that the path is back until each side shows a new picture of the other. */
async function measure(
  lab: Lab,
  sides: [Side, Side],
): Promise<Record<string, Record<string, number | null>>> {
  const [one, two] = sides;
  await lab.set(CLEAN);
  await one.start(two.name);
  await two.start(one.name);
  await pause(10);
  const results: Record<string, Record<string, number | null>> = {};
  for (const seconds of DEAD) {
    await lab.set({ ...CLEAN, loss: 1 });
    await pause(seconds);
    const back = Date.now();
    await lab.set(CLEAN);
    const seen: Record<string, number | null> = {};
    while (Object.keys(seen).length < 2 && Date.now() - back < GIVEN_UP * 1_000) {
      await pause(0.2);
      for (const side of sides) {
        const first = (await side.frames()).find((at) => at > back + 50);
        if (first !== undefined) seen[side.name] ??= Math.round(first - back) / 1_000;
      }
    }
    for (const side of sides) seen[side.name] ??= null;
    results[`${seconds} s`] = seen;
    await pause(8);
  }
  return results;
}

test("a dead path, desktop and Chromium", async ({ app, lab, enter, room }) => {
  test.setTimeout((DEAD.length * (GIVEN_UP + 100) + 180) * 1_000);
  await enterWithEverything(app, room, "Desk", PICTURES);
  const guest = await enter("Guest", { pictures: PICTURES, prepare: rememberConnections });
  await guest.expectToSeeAndHear("Desk");
  const { window } = app;
  const results = await measure(lab, [
    {
      name: "Desk",
      start: async (other) => {
        await window.evaluate(`(${record})(arguments[0]);`, other);
      },
      frames: () => window.evaluate(`return (${readFrames})()`),
    },
    {
      name: "Guest",
      start: (other) => guest.page.evaluate(record, other),
      frames: () => guest.page.evaluate(readFrames),
    },
  ]);
  await keepResult("dead path, desktop and Chromium", results);
});

test("a dead path, Chromium and Chromium", async ({ lab, enter, server }) => {
  test.setTimeout((DEAD.length * (GIVEN_UP + 100) + 180) * 1_000);
  const origin = server.originFrom(lab.one);
  const one = await enter("One", { pictures: PICTURES, browser: await lab.one.launch(origin), origin });
  const two = await enter("Two", { pictures: PICTURES });
  await one.expectToSeeAndHear("Two");
  await two.expectToSeeAndHear("One");
  const results = await measure(lab, [
    {
      name: "One",
      start: (other) => one.page.evaluate(record, other),
      frames: () => one.page.evaluate(readFrames),
    },
    {
      name: "Two",
      start: (other) => two.page.evaluate(record, other),
      frames: () => two.page.evaluate(readFrames),
    },
  ]);
  await keepResult("dead path, Chromium and Chromium", results);
});
