/** The rows of `cargo xtask bench files` in which a browser takes part. */
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { type Browser, chromium } from "@playwright/test";
import type { DesktopPerson } from "../desktop/desktop-person";
import { ROOT, writeRandom } from "../desktop/file-tree";
import { expect, test } from "../desktop/files-mixed-test";
import { usageOfTree } from "../desktop/processes";
import { launchOptions } from "../fixtures/chromium";
import type { FileTransfers } from "../fixtures/file-transfers";
import { engineEnd, pageEnd, sendBetween } from "./raw-channel";
import { keepResult, pause } from "./results";

const BYTES = Number(process.env.MARU_BENCH_MB ?? 500) * 1_000_000;
const SIZE = 64 << 10;
const AMOUNT = { messages: Math.round(BYTES / SIZE), size: SIZE };
const NAME = "large.bin";
/** Seconds between two looks at the processes, and at a page: each takes time of the processors that are measured. */
const LOOK = 0.5;
/** Seconds between two looks at a folder. */
const LOOK_AT_FOLDER = 0.02;

const BROWSER = /^chrom/;
/** The app, with the process of its page. */
const APP = /^(maru|WebKitWebProces)$/;
const ENGINE = /^bulk$/;

test("raw channel, Chromium to Chromium", async ({ browser }) => {
  const [one, two] = [await newPage(browser), await newPage(browser)];
  // Both are of one browser: what each of them takes cannot be told apart.
  await measure("raw channel, Chromium to Chromium", BROWSER, null, () =>
    sendBetween(AMOUNT, pageEnd(one), pageEnd(two)),
  );
});

test("raw channel, engine to Chromium", async ({ browser }) => {
  const page = await newPage(browser);
  await measure("raw channel, engine to Chromium", ENGINE, BROWSER, () =>
    sendBetween(AMOUNT, engineEnd, pageEnd(page)),
  );
});

test("raw channel, Chromium to engine", async ({ browser }) => {
  const page = await newPage(browser);
  await measure("raw channel, Chromium to engine", BROWSER, ENGINE, () =>
    sendBetween(AMOUNT, pageEnd(page), engineEnd),
  );
});

test("file, app to Chromium", async ({ meet }) => {
  // With a profile: in a private window, which the contexts of tests are, the storage is in the browser's memory.
  const profile = await mkdtemp(join(ROOT, "maru-profile-"));
  const context = await chromium.launchPersistentContext(profile, { ...launchOptions(), locale: "en-US" });
  const browser = { newContext: async () => context, browserType: () => chromium } as unknown as Browser;
  // Nothing is kept in the page, as for other tests.
  const { desktop, guest } = await meet({ browser, prepare: () => undefined });
  await writeRandom(desktop.path(NAME), BYTES);
  await desktop.drop(guest, desktop.path(NAME));
  await guest.open();
  await measure("file, app to Chromium", APP, BROWSER, async () => {
    await guest.accept();
    return secondsUntil(() => isDoneInBrowser(guest), LOOK);
  });
  await context.close();
  await rm(profile, { recursive: true, force: true });
});

test("file, Chromium to app", async ({ meet }) => {
  const { desktop, guest } = await meet();
  await writeRandom(desktop.path(NAME), BYTES);
  await guest.send(desktop.path(NAME));
  await desktop.openFiles();
  await measure("file, Chromium to app", BROWSER, APP, async () => {
    await desktop.accept();
    const seconds = await secondsUntil(() => hasArrived(desktop), LOOK_AT_FOLDER);
    await desktop.expectState("done");
    return seconds;
  });
});

async function newPage(browser: Browser) {
  return (await browser.newContext()).newPage();
}

async function isDoneInBrowser(guest: FileTransfers): Promise<boolean> {
  const state = await guest.transfer.getAttribute("data-state");
  expect(state).toMatch(/^(offered|waiting|active|done)$/);
  return state === "done";
}

/** A file gets its name when all of it has arrived. */
async function hasArrived(desktop: DesktopPerson): Promise<boolean> {
  return (await desktop.received()).includes(NAME);
}

async function secondsUntil(isDone: () => Promise<boolean>, interval: number): Promise<number> {
  const start = performance.now();
  while (!(await isDone())) await pause(interval);
  return (performance.now() - start) / 1_000;
}

/** Keeps the rate of what takes so many seconds, with what the processes of these names used. */
async function measure(
  name: string,
  sender: RegExp,
  receiver: RegExp | null,
  run: () => Promise<number>,
): Promise<void> {
  const sum = (all: { cpu: number; memory: number; name: string }[], names: RegExp, of: "cpu" | "memory") =>
    all.filter(({ name }) => names.test(name)).reduce((total, usage) => total + usage[of], 0);
  const both = receiver ? new RegExp(`${sender.source}|${receiver.source}`) : sender;
  const peaks = { sender: 0, receiver: 0 };
  let used = 0;
  const look = async () => {
    const all = await usageOfTree(process.pid);
    peaks.sender = Math.max(peaks.sender, sum(all, sender, "memory"));
    if (receiver) peaks.receiver = Math.max(peaks.receiver, sum(all, receiver, "memory"));
    // A process that has ended is not there any more, with what it used.
    used = Math.max(used, sum(all, both, "cpu"));
    return sum(all, both, "cpu");
  };
  const before = await look();
  let ended = false;
  const looking = (async () => {
    while (!ended) {
      await look();
      await pause(LOOK);
    }
  })();
  const seconds = await run().finally(() => {
    ended = true;
  });
  await looking;
  await look();
  await keepResult(name, {
    megabytesPerSecond: BYTES / 1e6 / seconds,
    processorPerGigabyte: (used - before) / (BYTES / 1e9),
    senderMegabytes: peaks.sender / 1e6,
    ...(receiver && { receiverMegabytes: peaks.receiver / 1e6 }),
  });
}
