import type { Transfer } from "./transfer";
import type { WorkerContext } from "./worker-context";

/** The person pauses it, or goes on with it. */
export function setPaused(
  { links, disks, reporter }: WorkerContext,
  transfer: Transfer,
  paused: boolean,
): void {
  // Without its files it goes on with `reselect` only.
  if (transfer.isOver || transfer.view.reselect) return;
  const partner = links.get(transfer.link)?.partner;
  transfer.view.paused.here = paused;
  disks.setPaused(transfer, paused);
  if (!partner) transfer.onUnlinked();
  partner?.endpoint.setPaused(transfer.id, transfer.direction, paused);
  if (!paused) disks.mend(transfer);
  reporter.changed();
  partner?.pump();
}
