/** What the tests that look at pictures conclude from. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { expect } from "@playwright/test";
import type { Watched } from "../fixtures/look";

/** Pictures that have to be looked at before anything is said of them. */
const ENOUGH = 20;

export function expectOnlyRight(watched: Watched[], where: string): void {
  for (const { frames, wrong, first } of watched) {
    expect(wrong, `wrong pictures of ${frames} ${where}: ${first?.saw}\n${first?.picture}`).toBe(0);
    // A picture that never comes is never wrong.
    expect(frames, `pictures looked at ${where}`).toBeGreaterThan(ENOUGH);
  }
}

/** Watches until there was enough to see, which on a busy machine takes longer; at most so many times. */
export async function watchEnough(look: () => Promise<Watched[]>, times = 10): Promise<Watched[]> {
  let sum = await look();
  for (let time = 1; time < times && sum.some(({ frames }) => frames <= ENOUGH); time += 1) {
    const more = await look();
    sum = sum.map((before, index) => {
      const after = more[index] ?? { frames: 0, wrong: 0, first: null };
      return {
        frames: before.frames + after.frames,
        wrong: before.wrong + after.wrong,
        first: before.first ?? after.first,
      };
    });
  }
  return sum;
}

/** The threads on which WebKit converted pictures: it does so without a lock, so there may be one only. */
export async function converterThreads(trace: string): Promise<Set<string>> {
  const lines = existsSync(trace) ? (await readFile(trace, "utf8")).split("\n") : [];
  const threads = lines
    .filter((line) => line.includes("Converting sample"))
    .map((line) => line.split(/\s+/)[2]);
  return new Set(threads.filter((thread) => thread !== undefined));
}
