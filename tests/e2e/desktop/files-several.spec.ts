import { join } from "node:path";
import { hashOf, writeRandom } from "./file-tree";
import { expect, test } from "./files-test";

test("two different files go to two people at once, and then one goes to everyone", async ({ arrive }) => {
  const [minji, juno, hana] = [await arrive("Minji"), await arrive("Juno"), await arrive("Hana")];
  const receivers = [juno, hana] as const;
  const hashes = await Promise.all(
    receivers.map(({ name }) => writeRandom(minji.path(`for ${name}.bin`), 60_000_000)),
  );
  for (const receiver of receivers) await minji.drop(receiver, minji.path(`for ${receiver.name}.bin`));
  await Promise.all(receivers.map((receiver) => receiver.accept()));
  await expect.poll(async () => states(await minji.transfers())).toEqual(["active", "active"]);
  await expect.poll(async () => states(await minji.transfers())).toEqual(["done", "done"]);
  for (const [index, receiver] of receivers.entries()) {
    const name = `for ${receiver.name}.bin`;
    expect(await receiver.received()).toEqual([name]);
    expect(await hashOf(join(receiver.downloads, name))).toBe(hashes[index]);
  }

  const hash = await writeRandom(minji.path("for all.bin"), 10_000_000);
  await minji.drop(null, minji.path("for all.bin"));
  // One declines; the other gets it.
  await juno.decline();
  await hana.accept();
  await expect
    .poll(async () => states(await minji.transfers()).sort())
    .toEqual(["declined", "done", "done", "done"]);
  expect(await hashOf(join(hana.downloads, "for all.bin"))).toBe(hash);
  expect(await juno.received()).toEqual(["for Juno.bin"]);

  // The chat has one line for it.
  await minji.window.click({
    using: "css selector",
    value: `[data-testid="dock"] [aria-keyshortcuts="C"]`,
  });
  const { chat } = minji.texts.files;
  const lines = `return [...document.querySelectorAll('[data-testid="chat-transfer"] .message-transfer-state')]
    .map((state) => state.textContent)`;
  await expect
    .poll(async () => (await minji.window.evaluate<string[]>(lines)).slice(2))
    .toEqual([chat.answers({ all: 2, accepted: 1, delivered: 1, declined: 1, undelivered: 0 })]);
});

function states(transfers: { state: string }[]): string[] {
  return transfers.map(({ state }) => state);
}
