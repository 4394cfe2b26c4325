import { mkdtemp, open, rm, stat, statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "./file-tree";
import { test as base, expect } from "./files-test";
import { NativeDialog } from "./native-dialog";
import { button } from "./webdriver";

const GB = 1_000_000_000;
/** Where the file has data, as shares of its size: at its beginning, somewhere, and at its end. */
const DATA = [0, 1 / 3, 1];
const PIECE = 5_000_001;
/** Bytes of a unit of `stat.blocks`. */
const BLOCK = 512;

/** A folder with room for 20 GB if there is one: an offer for which there is no room cannot be accepted. */
const test = base.extend<{ roomy: { folder: string; room: number } }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright finds a fixture's dependencies by destructuring.
  roomy: async ({}, use) => {
    const rooms = await Promise.all(
      [ROOT, tmpdir()].map(async (path) => ({ path, room: await roomOf(path) })),
    );
    const { path, room } = rooms.sort((one, other) => other.room - one.room)[0] ?? { path: ROOT, room: 0 };
    const folder = await mkdtemp(join(path, "maru-holes-"));
    await use({ folder, room });
    await rm(folder, { recursive: true, force: true });
  },
});

test("20 GB of holes arrive as holes", async ({ arrive, roomy: { folder, room } }) => {
  const size = Math.min(20 * GB, Math.floor(room * 0.9));
  const offsets = DATA.map((share) => Math.floor(share * (size - PIECE)));
  const [minji, juno] = [await arrive("Minji"), await arrive("Juno")];
  const source = minji.path("disk.img");
  const file = await open(source, "wx");
  await file.truncate(size);
  for (const [index, offset] of offsets.entries()) await file.write(piece(index), 0, PIECE, offset);
  await file.close();

  await minji.drop(juno, source);
  await juno.expectOffer();
  await juno.window.click(button(juno.texts.files.offer.saveElsewhere));
  await (await NativeDialog.find(juno.app.environment, "Choose where to save")).select(folder);
  // Sent as they are they would take minutes: longer than this waits.
  await juno.expectState("done");
  await minji.expectState("done");
  const received = join(folder, "disk.img");
  const [from, to] = [await stat(source), await stat(received)];
  expect(to.size).toBe(size);
  expect(Math.abs(to.blocks - from.blocks) * BLOCK).toBeLessThanOrEqual((from.blocks * BLOCK) / 100);
  const reader = await open(received);
  for (const [index, offset] of offsets.entries()) {
    const { buffer } = await reader.read(Buffer.alloc(PIECE), 0, PIECE, offset);
    expect(buffer.equals(piece(index)), `bytes at ${offset}`).toBe(true);
  }
  await reader.close();
});

async function roomOf(path: string): Promise<number> {
  const { bavail, bsize } = await statfs(path);
  return bavail * bsize;
}

/** Without zeros. */
function piece(index: number): Buffer {
  return Buffer.alloc(PIECE, index + 1);
}
