import type { Explanation } from "../explanation";
import type { TransferStatus } from "./status";

/** Codes that mean the partner's disk unless they are about this computer's. */
const OWN_DISK_CODES = ["missing", "denied", "disk-full", "read-only", "unwritable"] as const;

/**
 * What keeps this computer from a transfer: who receives needs a folder for the files, and who sends a place for the list of
 * what is offered, which is stored with the settings of the app.
 */
export type OwnDiskTexts = Record<
  (typeof OWN_DISK_CODES)[number],
  Record<TransferStatus["direction"], Explanation>
>;

/** Null: the reason has the same text wherever it is. */
export function explainOwnDisk(
  texts: OwnDiskTexts,
  code: string,
  direction: TransferStatus["direction"],
): Explanation | null {
  const known = OWN_DISK_CODES.find((one) => one === code);
  return known ? texts[known][direction] : null;
}
