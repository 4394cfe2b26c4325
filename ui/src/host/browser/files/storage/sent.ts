/**
 * What was accepted of what this page sends, in IndexedDB: a page that is loaded again goes on with it once it is given
 * the files once more. Of the files there are names, sizes, times and a few digests, no content, and in Chromium handles.
 */
import type { Entry, Offer } from "../endpoint";

export interface SentRecord {
  offer: Offer;
  /** The receiver's half of the key. */
  partnerSecret: string;
  /** The receiver's name, to show. */
  partner: string;
  /** Milliseconds since 1970. */
  created: number;
  entries: readonly Entry[];
  /** Of everything that was selected, or none. Absent in records of older versions. */
  handles?: readonly FileSystemHandle[];
  /** Hashes of the first group of some files, by number of the entry: 64 hexadecimal digits. */
  digests: [entry: number, digest: string][];
}

/** Rejections are for the log: without it, what is sent is lost with the page. */
export interface SentStore {
  /** A record belongs to this page from then on. */
  put(record: SentRecord): Promise<void>;
  /** Those that belong to no other page. */
  list(): Promise<SentRecord[]>;
  remove(id: string): Promise<void>;
}

const DATABASE = "maru-transfers";
const RECORDS = "sent";
/** The page before a reload may still have a record. Milliseconds. */
const MAX_WAIT_MS = 3_000;

export class IndexedDbSentStore implements SentStore {
  #database: Promise<IDBDatabase> | null = null;
  #released = new Map<string, () => void>();

  async put(record: SentRecord): Promise<void> {
    if (!(await this.#own(record.offer.id))) return;
    await this.#run("readwrite", (records) => records.put(record, record.offer.id));
  }

  async list(): Promise<SentRecord[]> {
    const records: SentRecord[] = await this.#run("readonly", (records) => records.getAll());
    const owned = await Promise.all(records.map(({ offer }) => this.#own(offer.id)));
    return records.filter((_, index) => owned[index]).sort((a, b) => a.created - b.created);
  }

  async remove(id: string): Promise<void> {
    await this.#run("readwrite", (records) => records.delete(id));
    this.#released.get(id)?.();
    this.#released.delete(id);
  }

  /** A lock that ends with the page, so that two tabs do not send the same transfer. */
  async #own(id: string): Promise<boolean> {
    if (this.#released.has(id) || !("locks" in navigator)) return true;
    const released = new Promise<void>((resolve) => this.#released.set(id, resolve));
    try {
      await new Promise<void>((acquired, refused) => {
        const signal = AbortSignal.timeout(MAX_WAIT_MS);
        const held = navigator.locks.request(`${DATABASE}-${id}`, { signal }, () => {
          acquired();
          return released;
        });
        held.catch(refused);
      });
      return true;
    } catch {
      this.#released.delete(id);
      return false;
    }
  }

  async #run<T>(mode: IDBTransactionMode, action: (records: IDBObjectStore) => IDBRequest<T>): Promise<T> {
    this.#database ??= open();
    const transaction = (await this.#database).transaction(RECORDS, mode);
    const request = action(transaction.objectStore(RECORDS));
    return new Promise((resolve, reject) => {
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error);
    });
  }
}

function open(): Promise<IDBDatabase> {
  const request = indexedDB.open(DATABASE, 1);
  return new Promise((resolve, reject) => {
    request.onupgradeneeded = () => request.result.createObjectStore(RECORDS);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
