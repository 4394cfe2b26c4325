import { expect, it } from "vitest";
import { archiveOf } from "./archive";

async function archive(count: number): Promise<Buffer> {
  const entries = Array.from({ length: count }, (_, number) => ({
    name: `여행/${number}`,
    lastModified: new Date(2001, 1, 3),
    size: 1,
    input: Uint8Array.of(number % 251),
  }));
  const chunks: Uint8Array[] = [];
  for await (const chunk of archiveOf(entries)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Follows the records from the end, as APPNOTE has it: the names of all entries. */
function names(zip: Buffer): string[] {
  const end = zip.length - 22;
  expect(zip.readUInt32LE(end)).toBe(0x06054b50);
  let [count, at] = [zip.readUInt16LE(end + 10), zip.readUInt32LE(end + 16)];
  if (count === 0xffff) {
    expect(zip.readUInt32LE(end - 20)).toBe(0x07064b50);
    const record = Number(zip.readBigUInt64LE(end - 20 + 8));
    expect(zip.readUInt32LE(record)).toBe(0x06064b50);
    expect(zip.readBigUInt64LE(record + 24)).toBe(zip.readBigUInt64LE(record + 32));
    count = Number(zip.readBigUInt64LE(record + 32));
    at = Number(zip.readBigUInt64LE(record + 48));
    expect(at + Number(zip.readBigUInt64LE(record + 40))).toBe(record);
  }
  return Array.from({ length: count }, () => {
    if (zip.readUInt32LE(at) !== 0x02014b50) throw new Error(`no entry of the directory at ${at}`);
    const name = zip.toString("utf8", at + 46, at + 46 + zip.readUInt16LE(at + 28));
    at += 46 + zip.readUInt16LE(at + 28) + zip.readUInt16LE(at + 30);
    return name;
  });
}

for (const count of [1, 65_534, 65_535])
  it(`an archive has all of ${count} entries`, async () => {
    const found = names(await archive(count));
    expect(found).toHaveLength(count);
    expect(found.at(-1)).toBe(`여행/${count - 1}`);
  });
