import type { Browser } from "@playwright/test";
import { skipWithoutFirefox, useSharedFirefox } from "../fixtures/firefox";
import { SMALL } from "../fixtures/painted-devices";
import type { Person, PersonOptions } from "../fixtures/person";
import { test as base, expect } from "../fixtures/test";

interface Fixtures {
  firefox: Browser;
  /** Joins with microphone and camera on: Hana in Firefox, Chris in Chromium. */
  enterFirefox(name?: string, options?: Partial<PersonOptions>): Promise<Person>;
  enterChromium(name?: string, options?: Partial<PersonOptions>): Promise<Person>;
}

/** The browser tests' server and people, and a Firefox. */
export const test = base.extend<Fixtures, { sharedFirefox: Browser | null }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright finds a fixture's dependencies by destructuring.
  sharedFirefox: [({}, use) => useSharedFirefox(use), { scope: "worker" }],

  firefox: async ({ sharedFirefox }, use, testInfo) => {
    skipWithoutFirefox(testInfo);
    if (sharedFirefox) await use(sharedFirefox);
  },

  // Firefox has no mock screen, and without a display no real one.
  enterFirefox: ({ firefox, enter }, use) =>
    use((name = "Hana", options = {}) => enter(name, { browser: firefox, cheap: SMALL, ...options })),

  enterChromium: ({ enter }, use) => use((name = "Chris", options = {}) => enter(name, options)),
});

export { expect };
