/** What the tests that look at pictures conclude from. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { expect } from "@playwright/test";
import type { Watched } from "../fixtures/look";

/** None of what `Eyes.watch` looked at, which waits until it has seen enough, was wrong. */
export function expectOnlyRight(watched: Watched[], where: string): void {
  for (const { frames, wrong, first } of watched)
    expect(wrong, `wrong pictures of ${frames} ${where}: ${first?.saw}\n${first?.picture}`).toBe(0);
}

/** Has the app's web process write what WebKit's converter of pictures does, for {@link converterThreads}. */
export const traceConverter = (file: string): Record<string, string> => ({
  GST_DEBUG: "webkitvideoframeconverter:7",
  GST_DEBUG_FILE: file,
  GST_DEBUG_NO_COLOR: "1",
});

/** The threads on which WebKit converted pictures: it does so without a lock, so there may be one only. */
export async function converterThreads(trace: string): Promise<Set<string>> {
  const lines = existsSync(trace) ? (await readFile(trace, "utf8")).split("\n") : [];
  const threads = lines
    .filter((line) => line.includes("Converting sample"))
    .map((line) => line.split(/\s+/)[2]);
  return new Set(threads.filter((thread) => thread !== undefined));
}
