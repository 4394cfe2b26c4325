import { type Browser, expect } from "@playwright/test";
import { type Appearance, appear, expectPicture, expectTone, ONE, OTHER } from "../fixtures/appearance";
import { firefoxUnavailable, launchFirefox } from "../fixtures/firefox";
import type { Person } from "../fixtures/person";
import { test as base } from "../fixtures/test";

/** Somebody at one of the two browsers, and how they look and sound. */
export interface Guest {
  person: Person;
  appearance: Appearance;
}

interface Fixtures {
  firefox: Browser;
  /** Joins with microphone and camera on: Hana at a Firefox, Chris at a Chromium. */
  enterFirefox(): Promise<Guest>;
  enterChromium(): Promise<Guest>;
}

/** The browser tests' server and people, and a Firefox. */
export const test = base.extend<Fixtures>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright finds a fixture's dependencies by destructuring.
  firefox: async ({}, use, testInfo) => {
    const reason = firefoxUnavailable();
    // The list that is printed says that a test was skipped, but not why.
    if (reason) console.log(`skipped: ${reason}`);
    testInfo.skip(reason !== null, reason ?? "");
    const firefox = await launchFirefox();
    await use(firefox);
    await firefox.close();
  },

  enterFirefox: async ({ firefox, enter }, use) => {
    await use(async () => ({
      person: await enter("Hana", { browser: firefox, prepare: appear(ONE, "browser") }),
      appearance: ONE,
    }));
  },

  enterChromium: async ({ enter }, use) => {
    await use(async () => ({
      person: await enter("Chris", { prepare: appear(OTHER) }),
      appearance: OTHER,
    }));
  },
});

/** `one` sees what `other` shows and hears their voice: looked at and listened to, not counted. */
export async function expectToSeeAndHear(one: Guest, other: Guest): Promise<void> {
  const id = await one.person.idOf(other.person);
  await expectPicture(one.person.page, id, "camera", other.appearance);
  await expectTone(one.person.page, other.appearance);
}

export async function expectToSeeScreen(one: Guest, other: Guest): Promise<void> {
  await expectPicture(one.person.page, await one.person.idOf(other.person), "screen", other.appearance);
}

export { expect };
