/** Does what endpoints ask of disks, for each transfer one after the other, and reports the outcome. */
import type { DiskRequest } from "../endpoint";
import { EntryRefused, storageError } from "../storage/types";
import type { PartnerLink } from "./partner-link";
import { readFailure } from "./source";
import type { Transfer } from "./transfer";

/** After so long a storage that failed is tried again; each time in vain twice as long, up to the last. Milliseconds. */
const RETRY_MS = 3_000;
const MAX_RETRY_MS = 60_000;

type WriteRequest = Exclude<DiskRequest, { type: "manifest" } | { type: "read" }>;

export class DiskQueue {
  constructor(
    /** The link that a transfer goes over now. */
    private readonly partnerOf: (transfer: Transfer) => PartnerLink | undefined,
    /** What is shown of transfers changed, without an event of their endpoint. */
    private readonly changed: () => void,
  ) {}

  perform(
    transfer: Transfer,
    request: DiskRequest,
    bytes: Uint8Array<ArrayBuffer>,
    partner: PartnerLink,
  ): void {
    if (request.type === "manifest") {
      const { entries, last } = transfer.source?.manifest(request.first, request.maxJsonBytes) ?? {};
      if (entries && last !== undefined)
        partner.endpoint.onManifest(request.id, request.first, entries, last);
      partner.pump();
    } else if (request.type === "read") void this.#read(transfer, request, partner);
    else this.#enqueue(transfer, () => this.#write(transfer, request, bytes, partner));
  }

  /** Before the link goes: what arrived is not to be sent again. */
  checkpoint(transfer: Transfer): void {
    this.#enqueue(transfer, async () => {
      if (!transfer.stuck && !transfer.isOver) await transfer.destination?.checkpoint();
    });
  }

  setPaused(transfer: Transfer, paused: boolean): void {
    this.#enqueue(transfer, async () => transfer.destination?.setPaused(paused));
  }

  /** Goes on over another link, from what is on the disk. */
  resume(transfer: Transfer, partner: PartnerLink): void {
    this.#enqueue(transfer, async () => {
      const { destination, offer, secrets, view } = transfer;
      if (!destination || this.partnerOf(transfer) !== partner) return;
      transfer.stuck = false;
      const restored = await destination.restored();
      partner.endpoint.receive(offer, secrets.own, restored, view.paused.here);
      partner.pump();
    });
  }

  /** Tries again after a problem: the person asks for it. */
  mend(transfer: Transfer): void {
    transfer.retryMs = RETRY_MS;
    this.#mend(transfer);
  }

  #mend(transfer: Transfer): void {
    clearTimeout(transfer.retry);
    transfer.retry = undefined;
    this.#enqueue(transfer, async () => {
      const { destination } = transfer;
      if (!transfer.stuck || !destination) return;
      const restored = await destination.restored();
      transfer.stuck = false;
      const partner = this.partnerOf(transfer);
      const { id, offer, secrets, view } = transfer;
      if (partner?.endpoint.progress(id, "receive")) partner.endpoint.onMended(id, restored);
      // The problem was there before it could be resumed.
      else partner?.endpoint.receive(offer, secrets.own, restored, view.paused.here);
      partner?.pump();
    });
  }

  discard(transfer: Transfer): void {
    // Requests before this one wait for the download, which may have stopped.
    if (transfer.destination?.kind === "stream") void transfer.destination.discard();
    this.#enqueue(transfer, async () => {
      const { destination } = transfer;
      transfer.destination = null;
      await destination?.discard();
    });
  }

  #enqueue(transfer: Transfer, action: () => Promise<unknown>): void {
    transfer.queue = transfer.queue.then(action).then(
      () => {},
      (error: unknown) => this.#onProblem(transfer, error),
    );
  }

  #onProblem(transfer: Transfer, error: unknown): void {
    const { code, message } = storageError(error);
    console.warn("storage of a transfer:", message);
    transfer.stuck = true;
    const partner = this.partnerOf(transfer);
    if (code === "limit") partner?.endpoint.onDiskFailed(transfer.id, code);
    else {
      partner?.endpoint.onProblem(transfer.id, code);
      this.#mendLater(transfer);
      // Before it is resumed, the endpoint has no progress of it.
      if (partner && !partner.endpoint.progress(transfer.id, "receive")) {
        transfer.onProblem(code);
        this.changed();
      }
    }
    partner?.pump();
  }

  #mendLater(transfer: Transfer): void {
    if (transfer.retry !== undefined) return;
    transfer.retry = setTimeout(() => {
      transfer.retry = undefined;
      if (transfer.stuck && !transfer.isOver) this.#mend(transfer);
    }, transfer.retryMs);
    transfer.retryMs = Math.min(transfer.retryMs * 2, MAX_RETRY_MS);
  }

  async #read(
    transfer: Transfer,
    { read, entry, offset, length }: Extract<DiskRequest, { type: "read" }>,
    partner: PartnerLink,
  ): Promise<void> {
    const outcome = await (transfer.source?.read(entry, offset, length) ?? Promise.reject(new Error())).catch(
      readFailure,
    );
    if (partner.closed) return;
    if (typeof outcome === "string") partner.endpoint.onReadFailed(read, outcome);
    else partner.endpoint.onRead(read, outcome);
    partner.pump();
  }

  async #write(
    transfer: Transfer,
    request: WriteRequest,
    bytes: Uint8Array<ArrayBuffer>,
    partner: PartnerLink,
  ): Promise<void> {
    const { destination, id } = transfer;
    // What waits behind a cancellation is not to be written first, only to be removed.
    const dropped = transfer.stuck || transfer.isOver || !destination;
    try {
      // Not awaited where it is done already: each turn of the event loop costs.
      const done = dropped ? undefined : this.#carryOut(transfer, request, bytes);
      const durable = done instanceof Promise ? await done : done;
      if (dropped || partner.closed) return;
      if (request.type === "finish") partner.endpoint.onFinished(id, request.entry);
      else if (request.type === "checkpoint") {
        transfer.retryMs = RETRY_MS;
        partner.endpoint.onCheckpoint(id, durable ?? 0);
      } else if (request.type === "conclude") partner.endpoint.onConcluded(id);
    } catch (error) {
      if (!(error instanceof EntryRefused) || !("entry" in request)) throw error;
      if (!partner.closed) partner.endpoint.onRefused(id, request.entry, error.code);
    } finally {
      if (!partner.closed) {
        if (request.type === "write") partner.endpoint.onWritten(request.write);
        partner.pump();
      }
    }
  }

  #carryOut(
    { destination }: Transfer,
    request: WriteRequest,
    bytes: Uint8Array<ArrayBuffer>,
    // biome-ignore lint/suspicious/noConfusingVoidType: most have no outcome.
  ): Promise<number | void> | number | void {
    switch (request.type) {
      case "store":
        return destination?.store(request.first, request.entries, request.last);
      case "write":
        return destination?.write(request.entry, request.offset, bytes, request.zeros);
      case "verified":
        return destination?.verified(request.entry, request.group, request.digest);
      case "finish":
        return destination?.finish(request.entry, request.hash);
      case "fail":
        return destination?.fail(request.entry, request.code);
      case "checkpoint":
        return destination?.checkpoint();
      case "conclude":
        return destination?.conclude();
    }
  }
}
