import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type { PacketCounts } from "../fixtures/lab";
import type { Metrics, Recovery } from "./metrics";

const FILE = resolve(import.meta.dirname, "../../artifacts/bench-paths.json");

export interface Result {
  path: string;
  from: string;
  to: string;
  /** Statistics of the path in this direction. */
  packets: PacketCounts;
  metrics?: Metrics;
  recovery?: Recovery;
  /** The sender's bandwidth estimate for each second, bits per second. */
  estimate: number[];
  /** Noticeable freezes: seconds since the start of the measurement, and milliseconds. */
  freezes: [number, number][];
}

/** Written after each measurement: Playwright starts a new process after a failed test. */
export async function keep(results: readonly Result[]): Promise<void> {
  const before = await kept();
  await mkdir(dirname(FILE), { recursive: true });
  const all = { run: process.ppid, results: [...before, ...results] };
  await writeFile(FILE, `${JSON.stringify(all, null, 2)}\n`);
}

/** Results of this run. */
export async function kept(): Promise<Result[]> {
  if (!existsSync(FILE)) return [];
  const { run, results } = JSON.parse(await readFile(FILE, "utf8")) as { run: number; results: Result[] };
  return run === process.ppid ? results : [];
}

/** Markdown, as in docs/benchmarks.md. */
export function tables(results: readonly Result[]): string {
  const steady = results.flatMap(({ metrics, ...result }) => (metrics ? [{ ...result, metrics }] : []));
  const cut = results.flatMap(({ recovery, ...result }) => (recovery ? [{ ...result, recovery }] : []));
  const parts: string[] = [];
  if (steady.length > 0)
    parts.push(
      table(
        ["path", "from → to", "frames/s", "longest freeze ms", "sound concealed %", "video kbit/s", "height"],
        steady.map(({ path, from, to, metrics }) => [
          path,
          `${from} → ${to}`,
          metrics.framesPerSecond,
          metrics.longestFreeze,
          (metrics.concealed * 100).toFixed(1),
          metrics.kilobitsPerSecond,
          metrics.height,
        ]),
      ),
    );
  if (cut.length > 0)
    parts.push(
      table(
        [
          "path",
          "from → to",
          "frames/s before, during",
          "kbit/s before, during",
          "longest freeze ms",
          "sound concealed during %",
          "frames back s",
          "bits back s",
          "height back s",
          "recovered s",
        ],
        cut.map(({ path, from, to, recovery }) => [
          path,
          `${from} → ${to}`,
          `${recovery.before.framesPerSecond}, ${recovery.during.framesPerSecond}`,
          `${recovery.before.kilobitsPerSecond}, ${recovery.during.kilobitsPerSecond}`,
          recovery.longestFreeze,
          (recovery.during.concealed * 100).toFixed(1),
          ...[
            recovery.frameRateRecovered,
            recovery.bitrateRecovered,
            recovery.heightRecovered,
            recovery.recovered,
          ].map((seconds) => seconds?.toFixed(1) ?? "never"),
        ]),
      ),
    );
  return parts.join("\n\n");
}

function table(head: string[], rows: (string | number)[][]): string {
  const line = (cells: (string | number)[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
