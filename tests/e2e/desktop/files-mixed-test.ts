import { join } from "node:path";
import { mergeTests } from "@playwright/test";
import { test as browserTest, expectOfferable } from "../fixtures/file-transfer-test";
import { type FileTransfers, recordSaved } from "../fixtures/file-transfers";
import { useFirefox } from "../fixtures/firefox";
import type { PersonOptions } from "../fixtures/person";
import type { DesktopPerson } from "./desktop-person";
import { hashOf, writeRandom } from "./file-tree";
import { test as desktopTest, expect, stepOf } from "./files-test";

const NAME = "바다.bin";
/** Seconds of transfer, so that a test can act in the middle. Slower than between desktop apps. */
export const LARGE = 80_000_000;
/** Enough where a test acts at the beginning. */
export const SHORTER = 40_000_000;

export const BROWSERS = ["Chromium", "Firefox"] as const;

/** Which side of a transfer has the desktop app. */
export const SIDES = ["sender", "receiver"] as const;

/** What a test does on either side of a transfer. */
type Side = Pick<DesktopPerson & FileTransfers, "name" | "reach" | "press" | "expectState">;

/** A large file that was offered and accepted; both have the panel open. */
export interface MixedTransfer extends Mixed {
  sender: Side;
  receiver: Side;
  /** What the sender sends. */
  path: string;
  /** Waits until both panels say that it is done, and compares what was received. */
  expectArrival(): Promise<void>;
}

/** One person with the desktop app, and one in a browser. */
export interface Mixed {
  desktop: DesktopPerson;
  guest: FileTransfers;
}

/** People with the desktop app and guests in a browser, in one room. */
export const test = mergeTests(desktopTest, browserTest).extend<{
  /** The browser of the guests. */
  guestKind: (typeof BROWSERS)[number];
  /** Minji with the desktop app and Juno in a browser, who each can offer files to the other. */
  meet(options?: Partial<PersonOptions>): Promise<Mixed>;
}>({
  guestKind: ["Chromium", { option: true }],

  guestBrowser: async ({ browser, guestKind }, use, testInfo) => {
    if (guestKind === "Chromium") await use(browser);
    else await useFirefox(use, testInfo);
  },

  meet: ({ arrive, join }, use) =>
    use(async (options) => {
      const desktop = await arrive("Minji");
      // The downloads of Firefox cannot be followed: what is saved is kept in the page.
      const guest = await join("Juno", { prepare: recordSaved, ...options });
      await expectOfferable(guest, 1);
      return { desktop, guest };
    }),
});

/** One of the two offers a large file to the other, who accepts it. */
export async function transfer(
  { desktop, guest }: Mixed,
  desktopIs: (typeof SIDES)[number],
  bytes = LARGE,
): Promise<MixedTransfer> {
  const path = desktop.path(NAME);
  const hash = await writeRandom(path, bytes);
  if (desktopIs === "sender") await desktop.drop(guest, path);
  else await guest.send(path);
  await (desktopIs === "sender" ? guest : desktop).accept();
  await desktop.openFiles();
  await guest.open();
  const [sender, receiver] = desktopIs === "sender" ? [desktop, guest] : [guest, desktop];
  return { desktop, guest, sender, receiver, path, expectArrival };

  async function expectArrival(): Promise<void> {
    await desktop.expectState("done");
    await guest.expectState("done");
    if (desktopIs === "sender") {
      expect(await guest.saved()).toEqual({ name: NAME, hash, bytes });
    } else {
      expect(await desktop.received()).toEqual([NAME]);
      expect(await hashOf(join(desktop.downloads, NAME))).toBe(hash);
    }
    await expect.poll(() => desktop.records()).toEqual([]);
  }
}

/** {@link stepOf}, for both. */
export function mixedStep(
  { desktop, guest }: Mixed,
  title: string,
  body: () => Promise<void>,
): Promise<void> {
  return stepOf([guest, desktop], title, body);
}

export { expect };
