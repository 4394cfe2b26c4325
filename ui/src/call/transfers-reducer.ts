import type { FilesEvent, Transfer, TransferKey } from "../host/files";

/** Identifies a transfer in lists: one may be offered to oneself in another window, with the same ID. */
export function keyOf({ id, direction }: TransferKey): string {
  return `${direction}-${id}`;
}

/**
 * The transfers after an event, in the order in which they were first seen. Progress never falls: a sender that
 * connects again learns only later how much the receiver has. Unchanged transfers keep their object.
 */
export function reduceTransfers(transfers: readonly Transfer[], event: FilesEvent): readonly Transfer[] {
  switch (event.type) {
    case "transfers":
      return event.transfers.map((next) => merge(find(transfers, next), next));
    case "transfer": {
      const previous = find(transfers, event.transfer);
      if (!previous) return [...transfers, event.transfer];
      const next = merge(previous, event.transfer);
      return transfers.map((transfer) => (transfer === previous ? next : transfer));
    }
    case "removed":
      return find(transfers, event)
        ? transfers.filter((transfer) => keyOf(transfer) !== keyOf(event))
        : transfers;
  }
}

function find(transfers: readonly Transfer[], key: TransferKey): Transfer | undefined {
  return transfers.find(({ id, direction }) => id === key.id && direction === key.direction);
}

function merge(previous: Transfer | undefined, next: Transfer): Transfer {
  if (!previous) return next;
  return {
    ...next,
    transferred: Math.max(previous.transferred, next.transferred),
    filesDone: Math.max(previous.filesDone, next.filesDone),
  };
}
