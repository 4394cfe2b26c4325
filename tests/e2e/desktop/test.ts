import { expect } from "@playwright/test";
import { launchOptions } from "../fixtures/chromium";
import { HERE, type Place } from "../fixtures/place";
import { test as base } from "../fixtures/test";
import { DesktopApp } from "./app";
import type { WebDriver } from "./webdriver";

/** The browser tests' server and people, and one desktop app. */
export const test = base.extend<{
  app: DesktopApp;
  appPlace: Place;
  appEnvironment: Record<string, string>;
  /** See {@link DesktopApp.start}. */
  beforeApp: ((environment: NodeJS.ProcessEnv) => Promise<void>) | undefined;
}>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright finds a fixture's dependencies by destructuring.
  launchOptions: async ({}, use) => {
    await use(launchOptions());
  },

  appPlace: [HERE, { option: true }],
  appEnvironment: [{}, { option: true }],
  // biome-ignore lint/correctness/noEmptyPattern: as above.
  beforeApp: async ({}, use) => {
    await use(undefined);
  },

  app: async ({ server, appPlace, appEnvironment, beforeApp }, use, testInfo) => {
    const app = await DesktopApp.start({
      server: server.originFrom(appPlace),
      place: appPlace,
      environment: appEnvironment,
      ...(beforeApp && { before: beforeApp }),
    });
    await use(app);
    if (testInfo.status !== testInfo.expectedStatus) {
      // There is no screenshot when the window is already closed.
      await app.picture(`failed-${testInfo.title.replaceAll(/\W+/g, "-")}`).catch(() => undefined);
    }
    await app.close();
  },
});

/** The names on the tiles of a call, own tile included. */
export function tiles(window: WebDriver): Promise<string[]> {
  return window.evaluate<string[]>(
    `return [...document.querySelectorAll('[data-testid="tile"]')].map((tile) => tile.textContent)`,
  );
}

export async function expectTile(window: WebDriver, name: string, present = true): Promise<void> {
  await expect
    .poll(async () => (await tiles(window)).some((tile) => tile.includes(name)), {
      message: `a tile of ${name} in the app`,
    })
    .toBe(present);
}

export { expect };
