/**
 * All transfers of this page, and the links that they go over.
 *
 * Inputs: messages of the page, and events of links. Outputs: messages to the page.
 */
import type { TransferKey } from "../../../files";
import type { SentStore } from "../storage/sent";
import type { StagedDestination } from "../storage/staged";
import type { TransferModule } from "../transfer-module";
import type { Answer, FromFilesWorker, ToFilesWorker, TransferAction } from "../worker-messages";
import { DiskQueue } from "./disk-queue";
import { Ending } from "./ending";
import { LinkEvents } from "./link-events";
import { entriesOf } from "./listing";
import { PartnerLinks } from "./partner-links";
import { setPaused } from "./pausing";
import { Receiving } from "./receiving";
import { Reporter } from "./reporter";
import { restoredTransfer } from "./restored-transfer";
import { copyTo, downloadOf } from "./saving";
import { Sending } from "./sending";
import { SentTransfers } from "./sent-transfers";
import { thumbnailOf } from "./thumbnail";
import type { Transfer } from "./transfer";
import { TransferList } from "./transfer-list";
import { reportLinks, type WorkerContext } from "./worker-context";

export class Transfers {
  #context: WorkerContext;
  #ending: Ending;
  #sending: Sending;
  #receiving: Receiving;
  #linkEvents: LinkEvents;

  constructor(
    module: TransferModule,
    post: (message: FromFilesWorker, transfer?: Transferable[]) => void,
    private readonly now: () => number,
    /** Null: what is sent is lost with the page. */
    store: SentStore | null = null,
  ) {
    const list = new TransferList();
    const links = new PartnerLinks(module, now, {
      disk: (link, request, bytes) => this.#linkEvents.onDiskRequest(link, request, bytes),
      event: (link, event) => this.#linkEvents.onEvent(link, event),
      changed: () => reporter.changed(),
      ended: (link, generation, reason) => post({ type: "ended", link, generation, reason }),
      candidates: () => list.candidates(),
    });
    const reporter = new Reporter(
      () => list,
      (transfer) => this.#refresh(transfer),
      (event) => post({ type: "event", event }),
    );
    const disks = new DiskQueue(
      (transfer) => links.get(transfer.link)?.partner,
      () => reporter.changed(),
    );
    const sent = new SentTransfers(module, store);
    this.#context = { module, list, links, disks, sent, reporter, post };
    this.#ending = new Ending(this.#context);
    this.#sending = new Sending(this.#context, this.#ending);
    this.#receiving = new Receiving(this.#context, this.#ending);
    this.#linkEvents = new LinkEvents(this.#context, this.#receiving, this.#ending);
  }

  /** Goes on with what is on the disk. */
  restore(destinations: readonly StagedDestination[]): void {
    this.#add(destinations.map(restoredTransfer));
  }

  /** Goes on with what an earlier page sent, once it has the files. */
  async restoreSent(expired: (created: number) => boolean): Promise<void> {
    this.#add(await this.#context.sent.restore(expired));
  }

  onMessage(message: Exclude<ToFilesWorker, { type: "hash" }>): void {
    const { module, list, links, reporter } = this.#context;
    switch (message.type) {
      case "identity":
      case "link":
      case "channels":
      case "fingerprints":
      case "path":
      case "disconnect":
      case "yield":
        links.onMessage(message);
        break;
      case "unlink":
        this.#linkEvents.onUnlinked(message.link);
        break;
      case "offer":
        this.#sending.offer(message.selection, message.skipped, message.to, message.gone);
        break;
      case "streams":
        this.#receiving.streams = true;
        break;
      case "accept":
        this.#answer(message.request, this.#receiving.accept(message));
        break;
      case "decline":
        this.#receiving.decline(message.id);
        break;
      case "control":
        this.#control(message.action, message.transfer);
        break;
      case "save": {
        const transfer = list.find(message.transfer);
        this.#answer(
          message.request,
          downloadOf(transfer).then((download) => ({ download })),
        );
        break;
      }
      case "copy":
        this.#answer(message.request, copyTo(list.find(message.transfer), message.folder, module));
        break;
      case "entries": {
        const transfer = list.find(message.transfer);
        const endpoint = links.get(transfer?.link ?? null)?.partner.endpoint;
        const entries = transfer ? entriesOf(transfer, endpoint, message.first, message.count) : [];
        this.#answer(message.request, Promise.resolve({ entries }));
        break;
      }
      case "handles": {
        const handles = list.find(message.transfer)?.source?.handles ?? [];
        this.#answer(message.request, Promise.resolve({ handles }));
        break;
      }
      case "reselect":
        this.#answer(message.request, this.#sending.reselect(message.transfer, message.selection));
        break;
      case "thumbnail":
        this.#answer(message.request, this.#thumbnail(list.find(message.transfer)));
        break;
      case "subscribe":
        reporter.reportAll();
    }
  }

  #add(transfers: readonly Transfer[]): void {
    const { list, reporter } = this.#context;
    for (const transfer of transfers) list.add(transfer);
    reportLinks(this.#context);
    reporter.reportAll();
  }

  #answer(request: number, answer: Promise<object | undefined>): void {
    const post = (answer: Answer) => this.#context.post({ type: "answer", request, answer });
    answer.then(
      (fields) => post({ ok: true, ...fields }),
      (error: unknown) => {
        const code =
          error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : null;
        post({ ok: false, code, detail: error instanceof Error ? error.message : String(error) });
      },
    );
  }

  #control(action: TransferAction, key: TransferKey): void {
    const transfer = this.#context.list.find(key);
    if (!transfer) return;
    switch (action) {
      case "pause":
      case "resume":
        setPaused(this.#context, transfer, action === "pause");
        break;
      case "cancel":
        this.#ending.cancel(key);
        break;
      case "retry":
        this.#sending.retry(transfer);
        break;
      case "forget":
        this.#ending.forget(transfer);
    }
  }

  async #thumbnail(transfer: Transfer | undefined): Promise<{ thumbnail: Blob | null }> {
    const [saved] = (await transfer?.destination?.saved()) ?? [];
    const file = saved?.content ?? transfer?.source?.onlyFile ?? null;
    return { thumbnail: file && (await thumbnailOf(file)) };
  }

  /** Brings the view up to date. */
  #refresh(transfer: Transfer): void {
    if (transfer.isOver) return;
    const link = this.#context.links.get(transfer.link);
    if (!link) return;
    transfer.view.participant = link.participant;
    transfer.view.relayed = link.partner.connected ? link.relayed : null;
    const progress = link.partner.endpoint.progress(transfer.id, transfer.direction);
    if (progress) transfer.onProgress(progress, this.now());
  }
}
