import { Lab } from "../fixtures/lab";
import { test as base } from "./test";

/** The desktop app on one side of a lab's path; server and guests on the other. */
export const test = base.extend<{ lab: Lab }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright finds a fixture's dependencies by destructuring.
  lab: async ({}, use, testInfo) => {
    const reason = Lab.unavailable();
    testInfo.skip(reason !== null, reason ?? "");
    const lab = await Lab.start();
    await use(lab);
    await lab.close();
  },

  appPlace: ({ lab }, use) => use(lab.one),
  serverPlace: ({ lab }, use) => use(lab.two),
  guestBrowser: async ({ lab, server }, use) => use(await lab.two.launch(server.origin)),
});
