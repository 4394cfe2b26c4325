import { mergeTests } from "@playwright/test";
import { test as browserTest, expectOfferable } from "../fixtures/file-transfer-test";
import { type FileTransfers, recordSaved } from "../fixtures/file-transfers";
import { firefoxUnavailable, launchFirefox } from "../fixtures/firefox";
import type { PersonOptions } from "../fixtures/person";
import type { DesktopPerson } from "./desktop-person";
import { test as desktopTest, expect } from "./files-test";

export const BROWSERS = ["Chromium", "Firefox"] as const;

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
    if (guestKind === "Chromium") return use(browser);
    const reason = firefoxUnavailable();
    if (reason) console.log(`skipped: ${reason}`);
    testInfo.skip(reason !== null, reason ?? "");
    const firefox = await launchFirefox();
    await use(firefox);
    await firefox.close();
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

export { expect };
