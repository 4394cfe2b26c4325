/** What is offered to others: at first, once more, and after a reload of the page. */
import type { TransferKey } from "../../../files";
import type { Offer } from "../endpoint";
import type { SelectedFile } from "../selected-file";
import type { LinkKey } from "../worker-messages";
import type { Ending } from "./ending";
import { setPaused } from "./pausing";
import { randomDigits } from "./random-digits";
import { Source } from "./source";
import { Transfer } from "./transfer";
import { reportLinks, type WorkerContext } from "./worker-context";

export class Sending {
  constructor(
    private readonly context: WorkerContext,
    private readonly ending: Ending,
  ) {}

  /** `gone`: names of recipients who have left. */
  offer(
    selection: readonly SelectedFile[],
    skipped: number,
    to: readonly LinkKey[],
    gone: readonly string[],
  ): void {
    const { list, links, reporter } = this.context;
    const source = Source.select(selection, skipped);
    if (source.entries.length === 0) return;
    const recipients = to.filter((key) => links.get(key));
    const batch = recipients.length + gone.length > 1 ? randomDigits(16) : null;
    const add = (partner: string) => {
      const offer = offerOf(source, list.newNumber());
      const transfer = new Transfer("send", offer, offer.secret, partner);
      transfer.source = source;
      transfer.view.batch = batch;
      list.add(transfer);
      return transfer;
    };
    for (const name of gone) this.ending.onEnded(add(name), "cancelled", "left");
    for (const key of recipients) {
      const link = links.get(key);
      if (!link) continue;
      const transfer = add(link.name);
      transfer.link = key;
      link.partner.endpoint.send(transfer.offer, source.sizes, null, false);
      reportLinks(this.context);
      reporter.changed();
      link.partner.pump();
    }
    reporter.changed();
  }

  /** Only what failed, once. */
  retry(transfer: Transfer): void {
    const { links, reporter } = this.context;
    if (!transfer.view.canRetry || !transfer.source) return;
    const link = links.keyTo(transfer.view.participant);
    if (link === undefined) return;
    transfer.view.canRetry = false;
    this.offer(transfer.source.only(new Set(transfer.failed.keys())), 0, [link], []);
    reporter.changed();
  }

  /** Goes on with what an earlier page sent. */
  async reselect(key: TransferKey, selection: readonly SelectedFile[]): Promise<undefined> {
    const { list, sent, reporter } = this.context;
    const transfer = list.find(key);
    if (!transfer?.view.reselect) return;
    try {
      await sent.reselect(transfer, selection);
      // It may have been removed meanwhile.
      if (list.find(key)) setPaused(this.context, transfer, false);
    } finally {
      reporter.changed();
    }
  }
}

function offerOf(source: Source, number: number): Offer {
  const { files, folders, bytes, names, skipped } = source;
  const [id, secret] = [randomDigits(16), randomDigits(32)];
  return { type: "offer", id, number, files, folders, bytes, names, skipped, secret };
}
