/** The rows of `cargo xtask bench files` in which a running transfer is cancelled. */
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { type Browser, chromium } from "@playwright/test";
import type { DesktopPerson } from "../desktop/desktop-person";
import { ROOT, writeRandom } from "../desktop/file-tree";
import { BROWSERS, SIDES, test } from "../desktop/files-mixed-test";
import { evaluateIn } from "../desktop/native";
import { launchOptions } from "../fixtures/chromium";
import type { FileTransfers } from "../fixtures/file-transfers";
import type { Evaluate } from "../fixtures/frame-checker";
import { keepResult, median, pause } from "./results";
import { Traffic, type Writers } from "./traffic";

const BYTES = Number(process.env.MARU_BENCH_MB ?? 500) * 1_000_000;
const NAME = "large.bin";
/** Transfers that are cancelled one after the other. */
const TIMES = 5;
/** So long after the panel shows it, something may still be sent or written. Seconds. */
const LOOK = 2;
/** WebDriver limits how long a script takes. Milliseconds. */
const TIMEOUT = 20_000;

interface Side {
  evaluate: Evaluate;
  /** With what the label of the button begins. */
  cancel: string;
  accept(): Promise<void>;
  expectState(state: string): Promise<void>;
  /** Takes it off the list. */
  remove(): Promise<void>;
}

for (const who of SIDES) {
  test(`cancel by the ${who}, app to app`, async ({ arrive }) => {
    const [sender, receiver] = [await arrive("Minji"), await arrive("Juno")];
    await writeRandom(sender.path(NAME), BYTES);
    await sender.openFiles();
    await receiver.openFiles();
    const sides = { sender: ofApp(sender), receiver: ofApp(receiver) };
    const offer = async () => {
      await sender.drop(receiver, sender.path(NAME));
      // Now the receiver has a thread that writes.
      await receiver.expectOffer();
    };
    await measure(`cancel by the ${who}, app to app`, "app", sides, who, offer);
  });
}

for (const kind of BROWSERS) {
  test.describe(kind, () => {
    test.use({ guestKind: kind });

    for (const who of SIDES) {
      // Two pages of Firefox hide their addresses from each other, so the other side is always Chromium.
      const [from, to] = SIDES.map((side) => (side === who ? kind : "Chromium"));
      const title = `cancel by the ${who}, ${from} to ${to}`;
      test(title, async ({ browser, guestBrowser, pair }) => {
        const folder = await mkdtemp(join(ROOT, "maru-cancel-"));
        const [sender, receiver] = await pair(
          { browser: from === "Chromium" ? browser : guestBrowser },
          { browser: to === "Chromium" ? await withProfile(join(folder, "profile")) : guestBrowser },
        );
        await writeRandom(join(folder, NAME), BYTES);
        await receiver.open();
        const sides = { sender: ofPage(sender), receiver: ofPage(receiver) };
        const offer = () => sender.send(join(folder, NAME));
        await measure(title, "browser", sides, who, offer);
        await rm(folder, { recursive: true, force: true });
      });
    }
  });
}

function ofApp(person: DesktopPerson): Side {
  const { files } = person.texts;
  return {
    evaluate: evaluateIn(person.window),
    cancel: `${files.actions.cancel}:`,
    accept: () => person.accept(),
    expectState: (state) => person.expectState(state),
    remove: () => person.choose(files.removeFinished),
  };
}

function ofPage(guest: FileTransfers): Side {
  return {
    evaluate: guest.person.evaluate,
    cancel: `${guest.person.texts.files.actions.cancel}:`,
    accept: () => guest.accept(),
    expectState: (state) => guest.expectState(state),
    remove: () => guest.press("remove"),
  };
}

/** In a private window, which the contexts of tests are, what is received is not written, but kept in the browser's memory. */
async function withProfile(folder: string): Promise<Browser> {
  const context = await chromium.launchPersistentContext(folder, { ...launchOptions(), locale: "en-US" });
  return { newContext: async () => context, browserType: () => chromium } as unknown as Browser;
}

/**
 * Keeps the medians, in milliseconds from the click on: until the panel of who cancels shows it, and until neither side
 * sends or writes.
 */
async function measure(
  name: string,
  writers: Writers,
  sides: { sender: Side; receiver: Side },
  who: (typeof SIDES)[number],
  offer: () => Promise<void>,
): Promise<void> {
  const all: { shown: number; sent: number; written: number }[] = [];
  for (let time = 0; time < TIMES; time += 1) {
    await offer();
    const traffic = await Traffic.start(writers);
    await sides.receiver.accept();
    const cancelled = await sides[who].evaluate(cancelInPage, sides[who].cancel, TIMEOUT);
    if (!cancelled) throw new Error("it was not cancelled");
    await pause(LOOK);
    const { clicked, shown } = cancelled;
    const { sent, written } = traffic.end();
    all.push({ shown: shown - clicked, sent: sent - clicked, written: written - clicked });
    for (const side of [sides.sender, sides.receiver]) {
      await side.expectState("cancelled");
      await side.remove();
    }
  }
  await keepResult(name, {
    cancelShown: median(all.map(({ shown }) => shown)),
    cancelStopped: median(all.map(({ sent, written }) => Math.max(sent, written))),
    all,
  });
}

/**
 * Cancels the only transfer in the panel once it has begun, and waits until its card says so. When, by the clock, in
 * milliseconds. In the page, as a test that asks from outside needs some itself.
 */
function cancelInPage(label: string, timeout: number): Promise<{ clicked: number; shown: number } | null> {
  return new Promise((resolve) => {
    let clicked: number | null = null;
    let isConfirmed = false;
    const click = (button: HTMLElement | null | undefined) => {
      if (!button) return;
      clicked = Date.now();
      button.click();
    };
    const look = () => {
      const card = document.querySelector<HTMLElement>('[data-testid="transfer"]');
      if (clicked !== null) {
        if (card?.dataset.state === "cancelled") return end({ clicked, shown: Date.now() });
        // It asks if much was transferred.
        const confirm = card?.querySelector<HTMLElement>(".transfer-question button");
        if (!confirm || isConfirmed) return;
        isConfirmed = true;
        click(confirm);
        return;
      }
      if (card?.dataset.state !== "active") return;
      const bar = card.querySelector("[role=progressbar]");
      if (Number(bar?.getAttribute("aria-valuenow") ?? 0) < 1) return;
      click(card.querySelector<HTMLElement>(`[aria-label^="${label}"]`));
    };
    const end = (result: { clicked: number; shown: number } | null) => {
      clearTimeout(timer);
      observer.disconnect();
      resolve(result);
    };
    const observer = new MutationObserver(look);
    observer.observe(document, { subtree: true, childList: true, attributes: true });
    const timer = setTimeout(end, timeout, null);
    look();
  });
}
