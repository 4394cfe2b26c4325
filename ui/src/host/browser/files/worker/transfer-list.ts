/** The transfers that this page has. */
import type { TransferKey } from "../../../files";
import type { Candidate } from "../endpoint";
import type { LinkKey } from "../worker-messages";
import type { Transfer } from "./transfer";

/** Transfers that are over and of which nothing is left, in the list at most. */
const MAX_OVER = 100;

export class TransferList implements Iterable<Transfer> {
  #transfers = new Map<string, Transfer>();
  #nextNumber = Math.floor(Math.random() * 65_536);

  [Symbol.iterator](): Iterator<Transfer> {
    return this.#transfers.values();
  }

  find(key: TransferKey): Transfer | undefined {
    return this.#transfers.get(keyOf(key));
  }

  add(transfer: Transfer): void {
    this.#transfers.set(keyOf(transfer), transfer);
  }

  remove(key: TransferKey): void {
    this.#transfers.delete(keyOf(key));
  }

  /** Those that wait for their partner to be found. */
  candidates(): Candidate[] {
    return [...this].flatMap((transfer) => (transfer.link === null ? (transfer.candidate ?? []) : []));
  }

  /** The links that have transfers. */
  links(): LinkKey[] {
    return [...new Set([...this].flatMap(({ link }) => link ?? []))];
  }

  /** Unlike those of all other transfers. */
  newNumber(): number {
    const used = new Set([...this].map(({ offer }) => offer.number));
    do this.#nextNumber = (this.#nextNumber + 1) % 65_536;
    while (used.has(this.#nextNumber));
    return this.#nextNumber;
  }

  /** Those to be removed, as they are too many: a partner can offer and withdraw for ever. */
  excess(): Transfer[] {
    const over = [...this].filter(({ isOver, view }) => isOver && !view.canOpen);
    return over.slice(0, Math.max(0, over.length - MAX_OVER));
  }
}

function keyOf({ direction, id }: TransferKey): string {
  return `${direction}-${id}`;
}
