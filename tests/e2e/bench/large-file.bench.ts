import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, chromium, type Download } from "@playwright/test";
import type { DesktopPerson } from "../desktop/desktop-person";
import { hashOf, writeRandom } from "../desktop/file-tree";
import { expect, test } from "../desktop/files-mixed-test";
import { usageOfTree } from "../desktop/processes";
import { launchOptions } from "../fixtures/chromium";
import { keepResult, pause } from "./results";

/** Of the file; its source and what is received have to fit beside each other, and a browser has it twice. */
const GB = Number(process.env.MARU_BENCH_GB ?? 5);
const BYTES = Math.round(GB * 1e9);
/** What each side may grow by from the first tenth of the transfer on, in bytes. */
const MAX_GROWTH = { app: 64 << 20, browser: 256 << 20 };
const NAME = "large.bin";
const MINUTES = 60;

test("large file: memory from app to app", async ({ arrive }) => {
  test.setTimeout(MINUTES * 60_000);
  const [minji, juno] = [await arrive("Minji"), await arrive("Juno")];
  const hash = await writeRandom(minji.path(NAME), BYTES);
  await minji.drop(juno, minji.path(NAME));
  await juno.accept();
  await juno.openFiles();
  await minji.openFiles();
  const memory = await sample(juno, { sender: appOf(minji), receiver: appOf(juno) });
  expect(await hashOf(join(juno.downloads, NAME))).toBe(hash);
  await keepResult("large file, app to app", memory);
  expect(memory.growth.sender).toBeLessThan(MAX_GROWTH.app);
  expect(memory.growth.receiver).toBeLessThan(MAX_GROWTH.app);
});

test("large file: memory from app to Chromium", async ({ meet }) => {
  test.setTimeout(MINUTES * 60_000);
  // A profile: in a private window, which the contexts of tests are, the storage is in memory.
  const profile = await mkdtemp(join(tmpdir(), "maru-profile-"));
  const context = await chromium.launchPersistentContext(profile, { ...launchOptions(), locale: "en-US" });
  const browser = { newContext: async () => context, browserType: () => chromium } as unknown as Browser;
  // Nothing is kept in the page, as for other tests.
  const { desktop, guest } = await meet({ browser, prepare: () => undefined });
  const hash = await writeRandom(desktop.path(NAME), BYTES);
  await desktop.drop(guest, desktop.path(NAME));
  const saved = guest.person.page.waitForEvent("download", { timeout: MINUTES * 60_000 });
  await guest.accept();
  await desktop.openFiles();
  const memory = await sample(desktop, { sender: appOf(desktop), receiver: browserMemory });
  expect(await hashOfDownload(await saved)).toBe(hash);
  await context.close();
  await rm(profile, { recursive: true, force: true });
  await keepResult("large file, app to Chromium", memory);
  expect(memory.growth.sender).toBeLessThan(MAX_GROWTH.app);
  expect(memory.growth.receiver).toBeLessThan(MAX_GROWTH.browser);
});

type Memory = () => Promise<number>;

/** Looks each second at the resident memory, until the panel of `shown` says that the transfer is done. */
async function sample(shown: DesktopPerson, sides: { sender: Memory; receiver: Memory }) {
  const began = Date.now();
  const samples: { percent: number; sender: number; receiver: number }[] = [];
  for (;;) {
    const [transfer] = await shown.transfers();
    if (transfer?.state === "done") break;
    expect(transfer?.state).toMatch(/^(offered|waiting|active)$/);
    const [sender, receiver] = [await sides.sender(), await sides.receiver()];
    samples.push({ percent: transfer?.percent ?? 0, sender, receiver });
    await pause(1);
  }
  const seconds = (Date.now() - began) / 1_000;
  const growth = (of: "sender" | "receiver") => {
    const after = samples.filter(({ percent }) => percent >= 10).map((sample) => sample[of]);
    return Math.max(...after) - (after[0] ?? Number.NaN);
  };
  return {
    gigabytes: GB,
    seconds,
    bytesPerSecond: Math.round(BYTES / seconds),
    growth: { sender: growth("sender"), receiver: growth("receiver") },
    // Twenty at most.
    samples: samples.filter((_, index) => index % Math.ceil(samples.length / 20) === 0),
  };
}

function appOf(person: DesktopPerson): Memory {
  return async () => (await person.app.usage()).app.memory;
}

/** Of all processes of the browser together. What they share counts for each. */
async function browserMemory(): Promise<number> {
  const all = await usageOfTree(process.pid);
  return all.filter(({ name }) => /^chrom/.test(name)).reduce((sum, { memory }) => sum + memory, 0);
}

async function hashOfDownload(download: Download): Promise<string> {
  const hash = createHash("sha256");
  for await (const piece of await download.createReadStream()) hash.update(piece);
  return hash.digest("hex");
}
