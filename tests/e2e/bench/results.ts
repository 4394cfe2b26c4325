import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";

const FILE = resolve(import.meta.dirname, "../../artifacts/bench-native.json");

/** Prints a result and saves it with the others: Playwright starts a new process after a failed test. */
export async function keepResult(name: string, result: unknown): Promise<void> {
  const before = existsSync(FILE) ? JSON.parse(await readFile(FILE, "utf8")) : {};
  await mkdir(dirname(FILE), { recursive: true });
  await writeFile(FILE, `${JSON.stringify({ ...before, [name]: result }, null, 2)}\n`);
  console.log(`${name}: ${JSON.stringify(result, null, 2)}`);
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const value = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
  return Math.round(value * 10) / 10;
}

export const median = (values: readonly number[]) => percentile(values, 0.5);

export const pause = (seconds: number) => new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
