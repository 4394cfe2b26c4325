import type { FilesEvent, Transfer as View } from "../../../files";
import type { Transfer } from "./transfer";

/** Between two reports of a transfer, in milliseconds. */
const INTERVAL_MS = 100;
/** Between two looks at transfers under way, in milliseconds. */
const PROGRESS_MS = 250;

/** Reports transfers that changed. */
export class Reporter {
  #shown = new Map<string, View>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #last = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly transfers: () => Iterable<Transfer>,
    /** Brings a view up to date. */
    private readonly refresh: (transfer: Transfer) => void,
    private readonly send: (event: FilesEvent) => void,
  ) {}

  /** Something changed, of any transfer. */
  changed(): void {
    this.#schedule(Math.max(0, this.#last + INTERVAL_MS - performance.now()));
  }

  removed({ id, direction }: Transfer): void {
    this.#shown.delete(`${direction}-${id}`);
    this.send({ type: "removed", id, direction });
  }

  reportAll(): void {
    const transfers = [...this.transfers()].map((transfer) => this.#view(transfer));
    this.send({ type: "transfers", transfers });
  }

  #schedule(delay: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#report(), delay);
  }

  #report(): void {
    this.#last = performance.now();
    let underWay = false;
    for (const transfer of this.transfers()) {
      const before = this.#shown.get(`${transfer.direction}-${transfer.id}`);
      const view = this.#view(transfer);
      if (JSON.stringify(before) !== JSON.stringify(view)) this.send({ type: "transfer", transfer: view });
      underWay ||= !transfer.isOver && transfer.link !== null;
    }
    if (underWay) this.#schedule(PROGRESS_MS);
  }

  /** A copy, remembered as shown. */
  #view(transfer: Transfer): View {
    this.refresh(transfer);
    const view = structuredClone(transfer.view);
    this.#shown.set(`${transfer.direction}-${transfer.id}`, view);
    return view;
  }
}
