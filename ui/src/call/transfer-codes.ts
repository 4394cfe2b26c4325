/** Why an offer, a transfer or an entry ended (docs/transfer.md, "Codes"). A later version may send others. */
export const TRANSFER_CODES = [
  "declined",
  "too-large",
  "limit",
  "cancelled",
  "bad-message",
  "changed",
  "missing",
  "denied",
  "unreadable",
  "corrupt",
  "disk-full",
  "read-only",
  "unwritable",
  "left",
] as const;

export type TransferCode = (typeof TRANSFER_CODES)[number];

export function isTransferCode(code: string): code is TransferCode {
  return (TRANSFER_CODES as readonly string[]).includes(code);
}
