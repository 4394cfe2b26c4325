/** ZIP archives that are made while they are read. */
import { makeZip } from "client-zip";

type Entries = Parameters<typeof makeZip>[0];

/** Of an archive of these paths: as what is outermost, if that is one thing. */
export function archiveName(paths: readonly (readonly string[])[]): string {
  const name = paths[0]?.[0] ?? "maru";
  return `${paths.every(([top]) => top === name) ? name : "maru"}.zip`;
}

/** From so many entries on, the end of an archive needs the record of ZIP64 (APPNOTE 4.4.1.4). */
const ZIP64_ENTRIES = 0xffff;
/** Of the record at the end. */
const END_BYTES = 22;

/** Chunks of an archive. Without compression. */
export async function* archiveOf(entries: Entries): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  let count = 0;
  async function* counted() {
    for await (const entry of entries) {
      count += 1;
      yield entry;
    }
  }
  const reader = (makeZip(counted()) as ReadableStream<Uint8Array<ArrayBuffer>>).getReader();
  try {
    let last: Uint8Array<ArrayBuffer> | null = null;
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      if (last) yield last;
      last = read.value;
    }
    if (!last) return;
    // client-zip 2.5 writes ZIP64 for sizes only: a reader would find 65,535 entries.
    if (count >= ZIP64_ENTRIES && last.length === END_BYTES) yield* endOfZip64(count, last);
    yield last;
  } finally {
    await reader.cancel().catch(() => {});
  }
}

/** What is before the ordinary `end` (APPNOTE 4.3.14 and 4.3.15); nothing if it is there already. */
function* endOfZip64(count: number, end: Uint8Array<ArrayBuffer>): Generator<Uint8Array<ArrayBuffer>> {
  const ordinary = new DataView(end.buffer, end.byteOffset, END_BYTES);
  const [bytes, offset] = [ordinary.getUint32(12, true), ordinary.getUint32(16, true)];
  if (offset === 0xffffffff) return;
  const record = new DataView(new ArrayBuffer(56 + 20));
  record.setUint32(0, 0x06064b50, true);
  record.setBigUint64(4, 44n, true);
  // Made by, and needed: version 4.5, which has ZIP64.
  record.setUint16(12, 45, true);
  record.setUint16(14, 45, true);
  record.setBigUint64(24, BigInt(count), true);
  record.setBigUint64(32, BigInt(count), true);
  record.setBigUint64(40, BigInt(bytes), true);
  record.setBigUint64(48, BigInt(offset), true);
  // The locator.
  record.setUint32(56, 0x07064b50, true);
  record.setBigUint64(64, BigInt(offset + bytes), true);
  record.setUint32(72, 1, true);
  yield new Uint8Array(record.buffer);
}
