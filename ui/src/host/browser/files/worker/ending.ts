/** How transfers end, here or on the other side, and how they are taken off the list. */
import type { TransferKey } from "../../../files";
import { downloadOf } from "./saving";
import type { Transfer } from "./transfer";
import { reportLinks, type WorkerContext } from "./worker-context";

export class Ending {
  constructor(private readonly context: WorkerContext) {}

  cancel(key: TransferKey): void {
    const { list, links, reporter } = this.context;
    const transfer = list.find(key);
    if (!transfer || transfer.isOver) return;
    const partner = links.get(transfer.link)?.partner;
    if (partner) partner.endpoint.cancel(transfer.id, transfer.direction);
    else this.onEnded(transfer, "cancelled", "cancelled");
    reporter.changed();
    partner?.pump();
  }

  /** Also ends it, if it is not over. */
  forget(transfer: Transfer): void {
    const { links, reporter } = this.context;
    const partner = links.get(transfer.link)?.partner;
    if (partner && !transfer.isOver) partner.endpoint.cancel(transfer.id, transfer.direction);
    this.remove(transfer);
    reporter.changed();
    partner?.pump();
  }

  remove(transfer: Transfer): void {
    const { list, disks, sent, reporter } = this.context;
    sent.forget(transfer);
    list.remove(transfer);
    disks.discard(transfer);
    reporter.removed(transfer);
    reportLinks(this.context);
  }

  onEnded(transfer: Transfer, outcome: "done" | "declined" | "cancelled", code: string | null): void {
    const { list, links, disks, sent } = this.context;
    const link = links.get(transfer.link);
    transfer.onEnded(outcome, code);
    sent.forget(transfer);
    for (const excess of list.excess()) this.remove(excess);
    // Shown with the person, and for another try.
    transfer.view.participant = link?.participant ?? null;
    if (transfer.direction === "receive") {
      if (outcome !== "done") disks.discard(transfer);
      else if (transfer.destination?.kind === "staged" || transfer.destination?.kind === "memory")
        this.#download(transfer);
    }
    reportLinks(this.context);
  }

  /** Gives it to the person. */
  #download(transfer: Transfer): void {
    const { reporter, post } = this.context;
    transfer.view.canOpen = true;
    transfer.queue
      .then(() => downloadOf(transfer))
      .then(
        (download) => {
          if (download) post({ type: "download", download });
        },
        (error: unknown) => {
          // It stays here, and can be saved once there is room.
          transfer.view.code = error instanceof Error && "code" in error ? String(error.code) : "unwritable";
          reporter.changed();
        },
      );
  }
}
