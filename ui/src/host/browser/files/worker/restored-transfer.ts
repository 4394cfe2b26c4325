import type { StagedDestination } from "../storage/staged";
import { Transfer } from "./transfer";

/** A transfer of an earlier page, of which everything that arrived is on the disk. */
export function restoredTransfer(destination: StagedDestination): Transfer {
  const { offer, secret, partner } = destination.record;
  const transfer = new Transfer("receive", offer, secret, partner);
  transfer.destination = destination;
  transfer.secrets.partner = offer.secret;
  for (const [entry, code] of destination.failed) transfer.failed.set(entry, code);
  transfer.view.transferred = destination.bytes;
  if (destination.concluded) {
    transfer.onEnded("done", null);
    transfer.view.hash = onlyHash(offer.files, destination.hashes);
    transfer.view.canOpen = true;
  } else {
    transfer.view.paused.here = destination.paused;
    transfer.onUnlinked();
  }
  return transfer;
}

function onlyHash(files: number, hashes: ReadonlyMap<number, string | null>): string | null {
  return files === 1 ? ([...hashes.values()].find((hash) => hash !== null) ?? null) : null;
}
