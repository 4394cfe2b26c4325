import type { Browser } from "@playwright/test";
import { useFirefox } from "../fixtures/firefox";
import { SMALL } from "../fixtures/painted-devices";
import type { Person } from "../fixtures/person";
import { test as base, expect } from "../fixtures/test";

interface Fixtures {
  firefox: Browser;
  /** Joins with microphone and camera on: Hana in Firefox, Chris in Chromium. */
  enterFirefox(): Promise<Person>;
  enterChromium(): Promise<Person>;
}

/** The browser tests' server and people, and a Firefox. */
export const test = base.extend<Fixtures>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright finds a fixture's dependencies by destructuring.
  firefox: ({}, use, testInfo) => useFirefox(use, testInfo),

  // Firefox has no mock screen, and without a display no real one.
  enterFirefox: ({ firefox, enter }, use) => use(() => enter("Hana", { browser: firefox, cheap: SMALL })),

  enterChromium: ({ enter }, use) => use(() => enter("Chris")),
});

export { expect };
