import { type Browser, chromium, type Page } from "@playwright/test";
import { en } from "../../../ui/src/i18n/en";
import { launchOptions } from "../fixtures/chromium";
import { test as base, expect } from "../fixtures/test";

/** A browser that has given no page a device yet: one that answers for the person shows addresses from the start. */
const test = base.extend<{ askingBrowser: Browser }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright finds a fixture's dependencies by destructuring.
  askingBrowser: async ({}, use) => {
    const { args = [], ...options } = launchOptions();
    const asking = args.filter((arg) => !arg.startsWith("--use-fake-ui"));
    const browser = await chromium.launch({ ...options, args: asking });
    await use(browser);
    await browser.close();
  },
});

/** A name in the place of an address (draft-ietf-mmusic-mdns-ice-candidates). */
const NAME = /[0-9a-f-]{36}\.local/g;

/** As on a network that filters multicast: nobody answers for the names that this page receives. */
async function withoutMulticast(page: Page): Promise<void> {
  await page.routeWebSocket("**/ws", (socket) => {
    const server = socket.connectToServer();
    server.onMessage((message) =>
      socket.send(String(message).replaceAll(NAME, () => `${crypto.randomUUID()}.local`)),
    );
  });
}

test("two listeners on a network without multicast see what helps, and a microphone connects them", async ({
  askingBrowser: browser,
  visit,
}) => {
  const minji = await visit("Minji", { browser });
  const juno = await visit("Juno", { browser });
  for (const person of [minji, juno]) {
    await withoutMulticast(person.page);
    await person.join();
  }
  const { help, turnOn } = en.call.hiddenAddresses;
  await expect(minji.screen.getByText(help("Juno"))).toBeVisible();
  await expect(juno.screen.getByText(help("Minji"))).toBeVisible();
  await minji.context.grantPermissions(["microphone"]);
  await minji.tile("Juno").getByRole("button", { name: turnOn }).click();
  await minji.expectConnectedTo(juno);
  await juno.expectConnectedTo(minji);
  await juno.expectSoundOf(minji);
  await expect(minji.screen.getByText(help("Juno"))).toHaveCount(0);
});
