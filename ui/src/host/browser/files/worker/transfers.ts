/**
 * All transfers of this page, and the links that they go over.
 *
 * Inputs: messages of the page, and events of links. Outputs: messages to the page.
 */
import type { TransferEntry, TransferKey } from "../../../files";
import { type ByteChannel, RtcByteChannel } from "../byte-channel";
import type { Candidate, DiskRequest, EndpointEvent, Identity } from "../endpoint";
import { RelayedChannel } from "../relayed-channel";
import type { SelectedFile } from "../selected-file";
import type { SentStore } from "../storage/sent";
import type { StagedDestination } from "../storage/staged";
import type { StreamedDownload } from "../storage/stream";
import type { TransferModule } from "../transfer-module";
import type { Answer, FromFilesWorker, LinkKey, ToFilesWorker, TransferAction } from "../worker-messages";
import { LOW_BUFFERED } from "./buffering";
import { DiskQueue } from "./disk-queue";
import { PartnerLink } from "./partner-link";
import { prepareDestination, roomProblem } from "./prepare";
import { Reporter } from "./reporter";
import { copyTo, downloadOf } from "./saving";
import { SentTransfers } from "./sent-transfers";
import { Source } from "./source";
import { serveDownload } from "./stream-port";
import { thumbnailOf } from "./thumbnail";
import { Transfer } from "./transfer";

/** Transfers that are over and of which nothing is left, in the list at most. */
const MAX_OVER = 100;
/** Entries listed at once. */
const MAX_LISTED = 200;

interface Link {
  partner: PartnerLink;
  participant: string | null;
  name: string;
  relayed: boolean | null;
}

export class Transfers {
  #identity: Identity | null = null;
  #links = new Map<LinkKey, Link>();
  #transfers = new Map<string, Transfer>();
  #nextNumber = Math.floor(Math.random() * 65_536);
  #yields = false;
  /** The page can probably stream downloads. */
  #streams = false;
  #disks: DiskQueue;
  #reporter: Reporter;
  #sent: SentTransfers;

  constructor(
    private readonly module: TransferModule,
    private readonly post: (message: FromFilesWorker, transfer?: Transferable[]) => void,
    private readonly now: () => number,
    /** Null: what is sent is lost with the page. */
    store: SentStore | null = null,
  ) {
    this.#sent = new SentTransfers(module, store);
    this.#reporter = new Reporter(
      () => this.#transfers.values(),
      (transfer) => this.#refresh(transfer),
      (event) => post({ type: "event", event }),
    );
    this.#disks = new DiskQueue((transfer) =>
      transfer.link ? this.#links.get(transfer.link)?.partner : undefined,
    );
  }

  /** Goes on with what is on the disk. */
  restore(destinations: readonly StagedDestination[]): void {
    for (const destination of destinations) {
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
      this.#transfers.set(keyOf(transfer), transfer);
    }
    this.#reportUnfinished();
    this.#reporter.reportAll();
  }

  /** Goes on with what an earlier page sent, once it has the files. */
  async restoreSent(expired: (created: number) => boolean): Promise<void> {
    for (const transfer of await this.#sent.restore(expired)) this.#transfers.set(keyOf(transfer), transfer);
    this.#reportUnfinished();
    this.#reporter.reportAll();
  }

  onMessage(message: Exclude<ToFilesWorker, { type: "hash" }>): void {
    switch (message.type) {
      case "identity":
        this.#identity = message.identity;
        for (const { partner } of this.#links.values()) {
          partner.endpoint.setIdentity(message.identity);
          partner.pump();
        }
        break;
      case "link":
        this.#onLink(message.link, message.participant, message.name);
        break;
      case "channels": {
        const [control, bulk] = [byteChannel(message.control), byteChannel(message.bulk)];
        this.#links.get(message.link)?.partner.addChannels(message.generation, control, bulk);
        break;
      }
      case "fingerprints":
        this.#links
          .get(message.link)
          ?.partner.setFingerprints(message.generation, message.own, message.partner);
        break;
      case "path": {
        const link = this.#links.get(message.link);
        if (!link) break;
        link.relayed = message.relayed;
        link.partner.setPathWorks(message.works);
        this.#reporter.changed();
        break;
      }
      case "disconnect":
        this.#links.get(message.link)?.partner.disconnect();
        break;
      case "unlink":
        this.#onUnlinked(message.link);
        break;
      case "offer":
        this.#offer(message.selection, message.skipped, message.to);
        break;
      case "streams":
        this.#streams = true;
        break;
      case "accept":
        this.#answer(message.request, this.#accept(message));
        break;
      case "decline":
        this.#decline(message.id);
        break;
      case "control":
        this.#control(message.action, message.transfer);
        break;
      case "save": {
        const transfer = this.#find(message.transfer);
        this.#answer(
          message.request,
          downloadOf(transfer).then((download) => ({ download })),
        );
        break;
      }
      case "copy":
        this.#answer(message.request, copyTo(this.#find(message.transfer), message.folder, this.module));
        break;
      case "entries":
        this.#answer(message.request, Promise.resolve({ entries: this.#entries(message) }));
        break;
      case "handles": {
        const handles = this.#find(message.transfer)?.source?.handles ?? [];
        this.#answer(message.request, Promise.resolve({ handles }));
        break;
      }
      case "reselect":
        this.#answer(message.request, this.#reselect(message.transfer, message.selection));
        break;
      case "thumbnail":
        this.#answer(message.request, this.#thumbnail(this.#find(message.transfer)));
        break;
      case "yield":
        this.#yields = message.yields;
        for (const { partner } of this.#links.values()) {
          partner.endpoint.setYielding(this.#yields);
          partner.pump();
        }
        break;
      case "subscribe":
        this.#reporter.reportAll();
    }
  }

  #answer(request: number, answer: Promise<object | undefined>): void {
    const post = (answer: Answer) => this.post({ type: "answer", request, answer });
    answer.then(
      (fields) => post({ ok: true, ...fields }),
      (error: unknown) => {
        const code =
          error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : null;
        post({ ok: false, code, detail: error instanceof Error ? error.message : String(error) });
      },
    );
  }

  #find({ id, direction }: TransferKey): Transfer | undefined {
    return this.#transfers.get(`${direction}-${id}`);
  }

  #linkOf(transfer: Transfer): Link | undefined {
    return transfer.link === null ? undefined : this.#links.get(transfer.link);
  }

  #onLink(key: LinkKey, participant: string | null, name: string): void {
    const known = this.#links.get(key);
    if (known) {
      Object.assign(known, { participant, name });
      this.#reporter.changed();
      return;
    }
    if (!this.#identity) return;
    const partner = new PartnerLink(this.module, this.#identity, this.now, {
      disk: (request, bytes) => this.#onDiskRequest(key, request, bytes),
      event: (event) => this.#onEvent(key, event),
      connected: () => this.#reporter.changed(),
      ended: (generation, reason) => this.post({ type: "ended", link: key, generation, reason }),
      candidates: () => this.#candidates(),
    });
    partner.endpoint.setYielding(this.#yields);
    this.#links.set(key, { partner, participant, name, relayed: null });
  }

  /** What was accepted goes on with the next link on which the partner is found. */
  #onUnlinked(key: LinkKey): void {
    const link = this.#links.get(key);
    if (!link) return;
    this.#links.delete(key);
    link.partner.close();
    for (const transfer of [...this.#transfers.values()]) {
      if (transfer.link !== key) continue;
      if (transfer.secrets.partner !== null && !transfer.accepting) {
        transfer.onUnlinked();
        this.#disks.checkpoint(transfer);
      } else if (transfer.direction === "send") transfer.onEnded("cancelled", "cancelled");
      else this.#remove(transfer);
    }
    this.#reportUnfinished();
    this.#reporter.changed();
  }

  #candidates(): Candidate[] {
    return [...this.#transfers.values()].flatMap((transfer) =>
      transfer.link === null ? (transfer.candidate ?? []) : [],
    );
  }

  #reportUnfinished(): void {
    this.post({ type: "unfinished", count: this.#candidates().length });
    const open = new Set([...this.#transfers.values()].flatMap(({ link }) => link ?? []));
    this.post({ type: "links", open: [...open] });
  }

  #offer(selection: readonly SelectedFile[], skipped: number, to: readonly LinkKey[]): void {
    const source = Source.select(selection, skipped);
    if (source.entries.length === 0) return;
    for (const key of to) {
      const link = this.#links.get(key);
      if (!link) continue;
      const offer = {
        type: "offer",
        id: randomDigits(16),
        number: this.#newNumber(),
        files: source.files,
        folders: source.folders,
        bytes: source.bytes,
        names: source.names,
        skipped: source.skipped,
        secret: randomDigits(32),
      } as const;
      const transfer = new Transfer("send", offer, offer.secret, link.name);
      transfer.source = source;
      transfer.link = key;
      this.#transfers.set(keyOf(transfer), transfer);
      link.partner.endpoint.send(offer, source.sizes, null, false);
      this.#reportUnfinished();
      this.#reporter.changed();
      link.partner.pump();
    }
  }

  /** Unlike those of all other transfers of this side that are not over. */
  #newNumber(): number {
    const used = new Set([...this.#transfers.values()].map(({ offer }) => offer.number));
    do this.#nextNumber = (this.#nextNumber + 1) % 65_536;
    while (used.has(this.#nextNumber));
    return this.#nextNumber;
  }

  async #accept({ id, folder, streaming }: Extract<ToFilesWorker, { type: "accept" }>): Promise<undefined> {
    const transfer = this.#transfers.get(`receive-${id}`);
    if (transfer?.view.state !== "offered" || transfer.accepting || transfer.destination) return;
    transfer.accepting = true;
    const record = {
      offer: transfer.offer,
      secret: transfer.secrets.own,
      partner: transfer.view.partner,
      created: Date.now(),
    };
    try {
      const destination = await prepareDestination(record, folder, this.module, streaming, {
        begin: (download) => this.#stream(transfer, download),
        lost: (code) => {
          transfer.lostCode = code;
          this.#control("cancel", transfer);
        },
      });
      const link = this.#linkOf(transfer);
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
      this.#reporter.changed();
    }
  }

  #stream(transfer: Transfer, { name, size, content }: StreamedDownload): void {
    const { port1, port2 } = new MessageChannel();
    serveDownload(port1, content, () => this.#control("cancel", transfer));
    this.post({ type: "stream", id: transfer.id, name, size, port: port2 }, [port2]);
  }

  #decline(id: string): void {
    const transfer = this.#transfers.get(`receive-${id}`);
    if (transfer?.view.state !== "offered") return;
    const partner = this.#linkOf(transfer)?.partner;
    partner?.endpoint.decline(id, "declined");
    partner?.pump();
  }

  #control(action: TransferAction, key: TransferKey): void {
    const transfer = this.#find(key);
    if (!transfer) return;
    const partner = this.#linkOf(transfer)?.partner;
    switch (action) {
      case "pause":
      case "resume": {
        // Without its files it goes on with `reselect` only.
        if (transfer.isOver || transfer.view.reselect) return;
        const paused = action === "pause";
        transfer.view.paused.here = paused;
        this.#disks.setPaused(transfer, paused);
        if (!partner) transfer.onUnlinked();
        partner?.endpoint.setPaused(transfer.id, transfer.direction, paused);
        if (!paused) this.#disks.mend(transfer);
        break;
      }
      case "cancel":
        if (transfer.isOver) return;
        if (partner) partner.endpoint.cancel(transfer.id, transfer.direction);
        else this.#onEnded(transfer, "cancelled", "cancelled");
        break;
      case "retry": {
        if (!transfer.view.canRetry || !transfer.source) return;
        const link = [...this.#links].find(
          ([, { participant }]) => participant === transfer.view.participant,
        );
        if (!link) return;
        transfer.view.canRetry = false;
        this.#offer(transfer.source.only(new Set(transfer.failed.keys())), 0, [link[0]]);
        break;
      }
      case "forget":
        if (partner && !transfer.isOver) partner.endpoint.cancel(transfer.id, transfer.direction);
        this.#remove(transfer);
    }
    this.#reporter.changed();
    partner?.pump();
  }

  async #reselect(key: TransferKey, selection: readonly SelectedFile[]): Promise<undefined> {
    const transfer = this.#find(key);
    if (!transfer?.view.reselect) return;
    try {
      await this.#sent.reselect(transfer, selection);
      if (!transfer.isOver && !transfer.view.reselect) this.#control("resume", key);
    } finally {
      this.#reporter.changed();
    }
  }

  #remove(transfer: Transfer): void {
    this.#sent.forget(transfer);
    this.#transfers.delete(keyOf(transfer));
    this.#disks.discard(transfer);
    this.#reporter.removed(transfer);
    this.#reportUnfinished();
  }

  /** A partner can offer and withdraw for ever. */
  #removeOldest(): void {
    const over = [...this.#transfers.values()].filter(({ isOver, view }) => isOver && !view.canOpen);
    for (const transfer of over.slice(0, Math.max(0, over.length - MAX_OVER))) this.#remove(transfer);
  }

  #onDiskRequest(key: LinkKey, request: DiskRequest, bytes: Uint8Array<ArrayBuffer>): void {
    const direction = request.type === "manifest" || request.type === "read" ? "send" : "receive";
    const transfer = this.#transfers.get(`${direction}-${request.id}`);
    const link = this.#links.get(key);
    if (!link) return;
    if (transfer) this.#disks.perform(transfer, request, bytes, link.partner);
    else if (request.type === "write") link.partner.endpoint.onWritten(request.write);
  }

  #onEvent(key: LinkKey, event: Exclude<EndpointEvent, { type: "stripe" }>): void {
    if (event.type === "hello") {
      const { participant, incarnation } = event;
      this.post({ type: "hello", link: key, participant, incarnation });
      return;
    }
    if (event.type === "offered") {
      this.#onOffered(key, event.id);
      return;
    }
    const isSent = event.type === "accepted" || event.type === "sent";
    const direction = "direction" in event ? event.direction : isSent ? "send" : "receive";
    const transfer = this.#transfers.get(`${direction}-${event.id}`);
    if (!transfer) return;
    switch (event.type) {
      case "accepted":
        transfer.secrets.partner = event.secret;
        this.#sent.keep(transfer);
        break;
      case "found":
        this.#onFound(key, transfer);
        break;
      case "entry-failed":
        transfer.failed.set(event.entry, event.code);
        break;
      case "present":
        transfer.view.filesPresent = event.files;
        break;
      case "entry-done":
        if (transfer.offer.files === 1 && event.hash) transfer.view.hash = event.hash;
        break;
      case "sent":
        transfer.sentHash = event.hash;
        break;
      case "ended":
        this.#onEnded(transfer, event.outcome, event.code);
    }
    this.#reporter.changed();
  }

  #onOffered(key: LinkKey, id: string): void {
    const link = this.#links.get(key);
    const offer = link?.partner.endpoint.incoming(id);
    if (!link || !offer) return;
    if (this.#transfers.has(`receive-${id}`)) {
      // An ID is random: somebody repeats what another one offered.
      link.partner.endpoint.decline(id, "bad-message");
      return;
    }
    const transfer = new Transfer("receive", offer, randomDigits(32), link.name);
    transfer.link = key;
    this.#transfers.set(keyOf(transfer), transfer);
    // Before the person accepts it.
    void roomProblem(offer.bytes).then((problem) => {
      if (!problem || this.#streams || transfer.view.state !== "offered") return;
      transfer.view.code = problem.code;
      this.#reporter.changed();
    });
    this.#reportUnfinished();
    this.#reporter.changed();
  }

  /** The partner of a transfer of an earlier connection is the other side of this link. */
  #onFound(key: LinkKey, transfer: Transfer): void {
    if (transfer.link !== null || transfer.isOver) return;
    const partner = this.#links.get(key)?.partner;
    if (!partner) return;
    transfer.link = key;
    this.#reportUnfinished();
    const { offer, secrets, source, view } = transfer;
    if (source) {
      partner.endpoint.send(offer, source.sizes, secrets.partner, view.paused.here);
      partner.pump();
    } else this.#disks.resume(transfer, partner);
  }

  #onEnded(transfer: Transfer, outcome: "done" | "declined" | "cancelled", code: string | null): void {
    const link = this.#linkOf(transfer);
    transfer.onEnded(outcome, code);
    this.#sent.forget(transfer);
    this.#removeOldest();
    // Shown with the person, and for another try.
    transfer.view.participant = link?.participant ?? null;
    if (transfer.direction === "receive") {
      if (outcome !== "done") this.#disks.discard(transfer);
      else if (transfer.destination?.kind === "staged" || transfer.destination?.kind === "memory") {
        transfer.view.canOpen = true;
        transfer.queue
          .then(() => downloadOf(transfer))
          .then(
            (download) => {
              if (download) this.post({ type: "download", download });
            },
            (error: unknown) => {
              // It stays here, and can be saved once there is room.
              transfer.view.code =
                error instanceof Error && "code" in error ? String(error.code) : "unwritable";
              this.#reporter.changed();
            },
          );
      }
    }
    this.#reportUnfinished();
  }

  #entries({ transfer: key, first, count }: Extract<ToFilesWorker, { type: "entries" }>): TransferEntry[] {
    const transfer = this.#find(key);
    if (!transfer) return [];
    const endpoint = this.#linkOf(transfer)?.partner.endpoint;
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

  async #thumbnail(transfer: Transfer | undefined): Promise<{ thumbnail: Blob | null }> {
    const [saved] = (await transfer?.destination?.saved()) ?? [];
    const file = saved?.content ?? transfer?.source?.onlyFile ?? null;
    return { thumbnail: file && (await thumbnailOf(file)) };
  }

  /** Brings the view up to date. */
  #refresh(transfer: Transfer): void {
    if (transfer.isOver) return;
    const link = this.#linkOf(transfer);
    if (!link) return;
    transfer.view.participant = link.participant;
    transfer.view.relayed = link.partner.connected ? link.relayed : null;
    const progress = link.partner.endpoint.progress(transfer.id, transfer.direction);
    if (progress) transfer.onProgress(progress, this.now());
  }
}

function keyOf({ direction, id }: TransferKey): string {
  return `${direction}-${id}`;
}

function onlyHash(files: number, hashes: ReadonlyMap<number, string | null>): string | null {
  return files === 1 ? ([...hashes.values()].find((hash) => hash !== null) ?? null) : null;
}

function byteChannel(channel: RTCDataChannel | MessagePort): ByteChannel {
  return channel instanceof MessagePort
    ? new RelayedChannel(channel, LOW_BUFFERED)
    : new RtcByteChannel(channel, LOW_BUFFERED);
}

function randomDigits(bytes: number): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(bytes)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");
}
