import type { Page } from "@playwright/test";
import { en } from "../../../ui/src/i18n/en";
import { expect, test } from "../fixtures/test";

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
  visit,
}) => {
  const minji = await visit("Minji");
  const juno = await visit("Juno");
  for (const person of [minji, juno]) {
    await withoutMulticast(person.page);
    await person.join();
  }
  const { help, turnOn } = en.call.hiddenAddresses;
  await expect(minji.screen.getByText(help("Juno"))).toBeVisible();
  await expect(juno.screen.getByText(help("Minji"))).toBeVisible();
  await minji.page.getByRole("button", { name: turnOn }).click();
  await minji.expectConnectedTo(juno);
  await juno.expectConnectedTo(minji);
  await juno.expectSoundOf(minji);
  // The first connection can only have been given up: its names are never resolved.
  await expect(minji.screen.getByText(help("Juno"))).toHaveCount(0);
});
