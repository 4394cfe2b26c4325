import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DesktopApp } from "../desktop/app";

/** Runs an app whose mock devices write their onsets to `file`, and ends it. */
export async function withOnsets(
  server: string,
  use: (app: DesktopApp, file: string) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "maru-onsets-"));
  const file = join(folder, "onsets");
  const app = await DesktopApp.start({ server, environment: { MARU_MOCK_ONSETS: file } });
  try {
    await use(app, file);
  } finally {
    await app.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** The onsets that the app's mock devices recorded: when sound began to be played, or captured. Milliseconds since 1970. */
export async function onsets(file: string, from: "heard" | "said"): Promise<number[]> {
  const text = await readFile(file, "utf8").catch(() => "");
  return text
    .split("\n")
    .filter((line) => line.startsWith(`${from} `))
    .map((line) => Number(line.slice(from.length)));
}

/** From each event to the nearest of the others, within `most`; events without one are left out. */
export function lags(events: readonly number[], others: readonly number[], most: number): number[] {
  return events.flatMap((event) => {
    const near = others.map((other) => other - event).filter((lag) => Math.abs(lag) < most);
    return near.length > 0
      ? [near.reduce((one, other) => (Math.abs(one) < Math.abs(other) ? one : other))]
      : [];
  });
}
