import type { TransferModule } from "../transfer-module";
import type { FromFilesWorker } from "../worker-messages";
import type { DiskQueue } from "./disk-queue";
import type { PartnerLinks } from "./partner-links";
import type { Reporter } from "./reporter";
import type { SentTransfers } from "./sent-transfers";
import type { TransferList } from "./transfer-list";

/** What everything that is done with transfers has in common. */
export interface WorkerContext {
  readonly module: TransferModule;
  readonly list: TransferList;
  readonly links: PartnerLinks;
  readonly disks: DiskQueue;
  readonly sent: SentTransfers;
  readonly reporter: Reporter;
  readonly post: (message: FromFilesWorker, transfer?: Transferable[]) => void;
}

/** Tells the page which links have transfers, and how many transfers wait for one. */
export function reportLinks({ list, post }: WorkerContext): void {
  post({ type: "unfinished", count: list.candidates().length });
  post({ type: "links", open: list.links() });
}
