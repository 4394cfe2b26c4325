/** What links report of their transfers. */
import type { DiskRequest, EndpointEvent } from "../endpoint";
import type { LinkKey } from "../worker-messages";
import type { Ending } from "./ending";
import type { Receiving } from "./receiving";
import type { Transfer } from "./transfer";
import { reportLinks, type WorkerContext } from "./worker-context";

export class LinkEvents {
  constructor(
    private readonly context: WorkerContext,
    private readonly receiving: Receiving,
    private readonly ending: Ending,
  ) {}

  onDiskRequest(key: LinkKey, request: DiskRequest, bytes: Uint8Array<ArrayBuffer>): void {
    const { list, links, disks } = this.context;
    const direction = request.type === "manifest" || request.type === "read" ? "send" : "receive";
    const transfer = list.find({ id: request.id, direction });
    const link = links.get(key);
    if (!link) return;
    if (transfer) disks.perform(transfer, request, bytes, link.partner);
    else if (request.type === "write") link.partner.endpoint.onWritten(request.write);
  }

  onEvent(key: LinkKey, event: Exclude<EndpointEvent, { type: "stripe" }>): void {
    const { list, sent, reporter, post } = this.context;
    if (event.type === "hello") {
      const { participant, incarnation } = event;
      post({ type: "hello", link: key, participant, incarnation });
      return;
    }
    if (event.type === "offered") {
      this.receiving.onOffered(key, event.id);
      return;
    }
    const isSent = event.type === "accepted" || event.type === "sent";
    const direction = "direction" in event ? event.direction : isSent ? "send" : "receive";
    const transfer = list.find({ id: event.id, direction });
    if (!transfer) return;
    switch (event.type) {
      case "accepted":
        transfer.secrets.partner = event.secret;
        sent.keep(transfer);
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
        this.ending.onEnded(transfer, event.outcome, event.code);
    }
    reporter.changed();
  }

  /** What was accepted goes on with the next link on which the partner is found. */
  onUnlinked(key: LinkKey): void {
    const { list, links, disks, reporter } = this.context;
    if (!links.remove(key)) return;
    for (const transfer of [...list]) {
      if (transfer.link !== key) continue;
      if (transfer.secrets.partner !== null && !transfer.accepting) {
        transfer.onUnlinked();
        disks.checkpoint(transfer);
      } else if (transfer.direction === "send") transfer.onEnded("cancelled", "left");
      else this.ending.remove(transfer);
    }
    reportLinks(this.context);
    reporter.changed();
  }

  /** The partner of a transfer of an earlier connection is the other side of this link. */
  #onFound(key: LinkKey, transfer: Transfer): void {
    if (transfer.link !== null || transfer.isOver) return;
    const partner = this.context.links.get(key)?.partner;
    if (!partner) return;
    transfer.link = key;
    reportLinks(this.context);
    const { offer, secrets, source, view } = transfer;
    if (source) {
      partner.endpoint.send(offer, source.sizes, secrets.partner, view.paused.here);
      partner.pump();
    } else this.context.disks.resume(transfer, partner);
  }
}
