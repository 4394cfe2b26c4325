/**
 * A random UUID (RFC 9562 §5.4, version 4). Not `crypto.randomUUID`, which exists in secure contexts only: pages
 * from a server without TLS are not secure contexts. `getRandomValues` exists everywhere.
 */
export function randomUuid(
  fill: (bytes: Uint8Array<ArrayBuffer>) => void = (bytes) => crypto.getRandomValues(bytes),
): string {
  const bytes = new Uint8Array(16);
  fill(bytes);
  const view = new DataView(bytes.buffer);
  view.setUint8(6, (view.getUint8(6) & 0x0f) | 0x40); // Version 4.
  view.setUint8(8, (view.getUint8(8) & 0x3f) | 0x80); // Variant 10 (§4.1).
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
