import type { TransferEntry } from "../../../files";
import type { Endpoint } from "../endpoint";
import type { Transfer } from "./transfer";

/** Entries listed at once. */
const MAX_LISTED = 200;

/** The entries of a transfer from number `first` on, and how they stand. `endpoint`: of its link, if it has one. */
export function entriesOf(
  transfer: Transfer,
  endpoint: Endpoint | undefined,
  first: number,
  count: number,
): TransferEntry[] {
  const listed: TransferEntry[] = [];
  for (let number = first; number < first + Math.min(count, MAX_LISTED); number += 1) {
    const progress = endpoint?.entryProgress(transfer.id, transfer.direction, number) ?? null;
    const arrived =
      progress === null
        ? null
        : "done" in progress
          ? "done"
          : "failed" in progress
            ? { code: progress.failed }
            : { bytes: progress.arrived };
    const entry = transfer.entry(number, arrived);
    if (!entry) break;
    listed.push(entry);
  }
  return listed;
}
