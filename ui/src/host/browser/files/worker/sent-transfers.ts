/** What is sent, across a reload of the page: kept once it was accepted, and recognised when the files are selected again. */
import type { SelectedFile } from "../selected-file";
import type { SentRecord, SentStore } from "../storage/sent";
import { GROUP_BYTES, type TransferModule } from "../transfer-module";
import { Source } from "./source";
import { Transfer } from "./transfer";

/** A transfer of more entries is lost with the page. */
const MAX_ENTRIES = 100_000;
/** Files of which a digest is kept. Of the others name, size and time have to do. */
const MAX_SAMPLED = 16;

/** `code` as for rejections of other requests; there is none in docs/transfer.md. */
export class NotTheSameFiles extends Error {
  readonly code = "changed";
}

export class SentTransfers {
  #digests = new Map<string, SentRecord["digests"]>();
  #queue: Promise<void> = Promise.resolve();

  constructor(
    private readonly module: TransferModule,
    private readonly store: SentStore | null,
  ) {}

  /** Transfers of earlier pages, without their files. Those older than `expired` says are removed. */
  async restore(expired: (created: number) => boolean): Promise<Transfer[]> {
    const records = (await this.store?.list()) ?? [];
    for (const { offer } of records.filter(({ created }) => expired(created))) this.#remove(offer.id);
    return records.filter(({ created }) => !expired(created)).map((record) => this.#restored(record));
  }

  /** It was accepted. */
  keep(transfer: Transfer): void {
    const { source, offer } = transfer;
    const partnerSecret = transfer.secrets.partner;
    if (!source || partnerSecret === null || source.entries.length > MAX_ENTRIES) return;
    this.#enqueue(async () => {
      const digests: SentRecord["digests"] = [];
      for (const [entry, file] of source.someFiles(MAX_SAMPLED)) {
        // One that cannot be read fails by itself, when it is sent.
        const digest = await this.#digest(file).catch(() => null);
        if (digest !== null) digests.push([entry, digest]);
      }
      if (transfer.isOver) return;
      this.#digests.set(transfer.id, digests);
      const { partner } = transfer.view;
      const { entries, handles } = source;
      const created = Date.now();
      await this.store?.put({ offer, partnerSecret, partner, created, entries, handles, digests });
    });
  }

  /** It is over. */
  forget({ id, direction }: Transfer): void {
    if (direction === "send") this.#remove(id);
  }

  /**
   * Gives it the files that are the same as before. Others of the same selection fail when they are read.
   *
   * @throws {NotTheSameFiles} if there are none.
   */
  async reselect(transfer: Transfer, selection: readonly SelectedFile[]): Promise<void> {
    const { source } = transfer;
    if (!source) return;
    const { files, tops } = source.match(selection);
    for (const [entry, digest] of this.#digests.get(transfer.id) ?? []) {
      const file = files.get(entry);
      if (file && (await this.#digest(file).catch(() => null)) !== digest) files.delete(entry);
    }
    // If the handles did not help, the person selects them.
    if (source.missing) transfer.view.reselect = source.missing;
    if (tops.size === 0 || (files.size === 0 && source.hasFiles(tops)))
      throw new NotTheSameFiles("not the files that were offered");
    source.attach(files, tops);
    if (source.missing === null) delete transfer.view.reselect;
    else transfer.view.reselect = source.missing;
  }

  #restored(record: SentRecord): Transfer {
    const { offer, partner, partnerSecret, entries, handles = [], digests } = record;
    const transfer = new Transfer("send", offer, offer.secret, partner);
    transfer.secrets.partner = partnerSecret;
    transfer.source = Source.withoutFiles(entries, offer.skipped, handles);
    // For the receiver it is paused: everything but the files is here.
    transfer.view.paused.here = true;
    transfer.view.reselect = handles.length > 0 ? "permission" : (transfer.source.missing ?? "files");
    transfer.onUnlinked();
    this.#digests.set(offer.id, digests);
    return transfer;
  }

  async #digest(file: File): Promise<string> {
    const bytes = await file.slice(0, GROUP_BYTES).arrayBuffer();
    const { bytes: digest } = this.module.hashGroup(file.size, 0, new Uint8Array(bytes));
    return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  #remove(id: string): void {
    this.#digests.delete(id);
    this.#enqueue(async () => this.store?.remove(id));
  }

  /** One after the other: what was removed is not put again. */
  #enqueue(action: () => Promise<void>): void {
    this.#queue = this.#queue
      .then(action)
      .catch((error: unknown) => console.warn("what is sent is not remembered:", error));
  }
}
