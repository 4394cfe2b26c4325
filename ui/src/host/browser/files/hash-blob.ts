import { GROUP_BYTES, type TransferModule } from "./transfer-module";

/**
 * The hash of a file: what `b3sum` prints, as 64 hexadecimal digits. Holds one group of it in memory.
 *
 * @throws {DOMException} `NotReadableError` if the file has changed since the person chose it.
 */
export async function hashBlob(module: TransferModule, blob: Blob): Promise<string> {
  const { size } = blob;
  const hashGroup = async (group: number) => {
    const bytes = await blob.slice(group * GROUP_BYTES, (group + 1) * GROUP_BYTES).arrayBuffer();
    return module.hashGroup(size, group, new Uint8Array(bytes)).bytes;
  };
  const groups = Math.ceil(size / GROUP_BYTES);
  if (groups === 1) return hex(await hashGroup(0));
  const file = module.openFile(size);
  try {
    for (let group = 0; group < groups; group += 1) file.add(group, await hashGroup(group));
    return hex(file.finish());
  } finally {
    file.close();
  }
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
