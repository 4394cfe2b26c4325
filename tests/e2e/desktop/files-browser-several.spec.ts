import { join } from "node:path";
import { expectOfferable } from "../fixtures/file-transfer-test";
import { recordSaved } from "../fixtures/file-transfers";
import { hashOf, writeRandom } from "./file-tree";
import { expect, test } from "./files-mixed-test";

/** Takes so long that all are under way at some time. */
const BYTES = 30_000_000;
/** They share the processor, which limits how fast they are together; and their beginning must not be missed. */
const TOGETHER = { timeout: 180_000, intervals: [100] };

test("the desktop app sends to a browser and to another app at once", async ({ meet, arrive }) => {
  const { desktop: minji, guest: juno } = await meet();
  const hana = await arrive("Hana");
  const hashes = new Map<string, string>();
  for (const receiver of [juno, hana]) {
    const name = `for ${receiver.name}.bin`;
    hashes.set(name, await writeRandom(minji.path(name), BYTES));
    await minji.drop(receiver, minji.path(name));
  }
  await juno.accept();
  await hana.accept();
  await minji.openFiles();
  const states = async () => (await minji.transfers()).map(({ state }) => state);
  await expect.poll(states, TOGETHER).toEqual(["active", "active"]);
  await expect.poll(states, TOGETHER).toEqual(["done", "done"]);
  const [one, two] = ["for Juno.bin", "for Hana.bin"];
  expect(await juno.saved()).toEqual({ name: one, hash: hashes.get(one), bytes: BYTES });
  expect(await hana.received()).toEqual([two]);
  expect(await hashOf(join(hana.downloads, two))).toBe(hashes.get(two));
});

test("a browser sends to an app and to another browser at once, while it receives", async ({
  meet,
  join: enter,
}) => {
  const { desktop: minji, guest: juno } = await meet();
  const hana = await enter("Hana", { prepare: recordSaved });
  await expectOfferable(juno, 2);
  const hash = await writeRandom(minji.path("for all.bin"), BYTES);
  const back = await writeRandom(minji.path("back.bin"), BYTES);
  await juno.send(minji.path("for all.bin"));
  await minji.drop(juno, minji.path("back.bin"));
  await minji.accept();
  await hana.accept();
  await juno.accept();
  await expect(juno.transfer).toHaveCount(3);
  const states = () => juno.transfer.evaluateAll((cards) => cards.map((card) => card.dataset.state));
  await expect.poll(states, TOGETHER).toEqual(["active", "active", "active"]);
  await expect.poll(states, TOGETHER).toEqual(["done", "done", "done"]);
  expect((await juno.saved()).hash).toBe(back);
  expect((await hana.saved()).hash).toBe(hash);
  expect(await minji.received()).toEqual(["for all.bin"]);
  expect(await hashOf(join(minji.downloads, "for all.bin"))).toBe(hash);
});
