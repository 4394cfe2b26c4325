/** What others offer, until it is accepted or not. */
import type { StreamedDownload } from "../storage/stream";
import type { LinkKey, ToFilesWorker } from "../worker-messages";
import type { Ending } from "./ending";
import { prepareDestination, roomProblem } from "./prepare";
import { randomDigits } from "./random-digits";
import { serveDownload } from "./stream-port";
import { Transfer } from "./transfer";
import { reportLinks, type WorkerContext } from "./worker-context";

export class Receiving {
  /** The page can probably stream downloads. */
  streams = false;

  constructor(
    private readonly context: WorkerContext,
    private readonly ending: Ending,
  ) {}

  onOffered(key: LinkKey, id: string): void {
    const { list, links, reporter } = this.context;
    const link = links.get(key);
    const offer = link?.partner.endpoint.incoming(id);
    if (!link || !offer) return;
    if (list.find({ id, direction: "receive" })) {
      // An ID is random: somebody repeats what another one offered.
      link.partner.endpoint.decline(id, "bad-message");
      return;
    }
    const transfer = new Transfer("receive", offer, randomDigits(32), link.name);
    transfer.link = key;
    list.add(transfer);
    // Before the person accepts it.
    void roomProblem(offer.bytes).then((problem) => {
      if (!problem || this.streams || transfer.view.state !== "offered") return;
      transfer.view.code = problem.code;
      reporter.changed();
    });
    reportLinks(this.context);
    reporter.changed();
  }

  async accept({ id, folder, streaming }: Extract<ToFilesWorker, { type: "accept" }>): Promise<undefined> {
    const { module, list, links, reporter } = this.context;
    const transfer = list.find({ id, direction: "receive" });
    if (transfer?.view.state !== "offered" || transfer.accepting || transfer.destination) return;
    transfer.accepting = true;
    const record = {
      offer: transfer.offer,
      secret: transfer.secrets.own,
      partner: transfer.view.partner,
      created: Date.now(),
    };
    try {
      const destination = await prepareDestination(record, folder, module, streaming, {
        begin: (download) => this.#stream(transfer, download),
        lost: (code) => {
          transfer.lostCode = code;
          this.ending.cancel(transfer);
        },
      });
      const link = links.get(transfer.link);
      // It may have been withdrawn meanwhile.
      if (!link || transfer.isOver) {
        await destination.discard();
        return;
      }
      transfer.destination = destination;
      transfer.view.code = null;
      transfer.secrets.partner = transfer.offer.secret;
      link.partner.endpoint.accept(id, transfer.secrets.own);
      link.partner.pump();
    } finally {
      transfer.accepting = false;
      reporter.changed();
    }
  }

  decline(id: string): void {
    const { list, links } = this.context;
    const transfer = list.find({ id, direction: "receive" });
    if (transfer?.view.state !== "offered") return;
    const partner = links.get(transfer.link)?.partner;
    partner?.endpoint.decline(id, "declined");
    partner?.pump();
  }

  #stream(transfer: Transfer, { name, size, content }: StreamedDownload): void {
    const { port1, port2 } = new MessageChannel();
    serveDownload(port1, content, () => this.ending.cancel(transfer));
    this.context.post({ type: "stream", id: transfer.id, name, size, port: port2 }, [port2]);
  }
}
