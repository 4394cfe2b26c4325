/** Checks for the tests that compare frames. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { expect } from "@playwright/test";
import type { FrameChecks } from "../fixtures/frame-checker";

/** No checked frame was wrong. */
export function expectOnlyRight(checks: FrameChecks[], where: string): void {
  for (const { frames, wrong, first } of checks)
    expect(wrong, `wrong frames of ${frames} ${where}: ${first?.saw}\n${first?.picture}`).toBe(0);
}

/** Makes the app's web process write a trace of WebKit's frame converter, for {@link converterThreads}. */
export const traceConverter = (file: string): Record<string, string> => ({
  GST_DEBUG: "webkitvideoframeconverter:7",
  GST_DEBUG_FILE: file,
  GST_DEBUG_NO_COLOR: "1",
});

/** The threads on which WebKit converted frames: it uses no lock, so there may be only one. */
export async function converterThreads(trace: string): Promise<Set<string>> {
  const lines = existsSync(trace) ? (await readFile(trace, "utf8")).split("\n") : [];
  const threads = lines
    .filter((line) => line.includes("Converting sample"))
    .map((line) => line.split(/\s+/)[2]);
  return new Set(threads.filter((thread) => thread !== undefined));
}
