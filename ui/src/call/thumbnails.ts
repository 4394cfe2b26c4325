/**
 * Small pictures of what is sent, and of what the person received and accepted themselves: what was accepted without a
 * question is never decoded (decision 0057).
 */
import type { FilesHost, Transfer, TransferKey } from "../host/files";
import { keyOf } from "./transfers-reducer";

/** Larger files have none. Bytes. */
const MAX_PICTURE_BYTES = 20 << 20;
const PICTURE_NAME = /\.(png|jpe?g|webp|gif)$/i;
/** Kept at once; the oldest are made again when they are asked for. */
const MAX_KEPT = 100;

/** Whether the host may be asked for a thumbnail. `byHand`: the person accepted it with a click. */
export function mayHaveThumbnail(transfer: Transfer, byHand: boolean): boolean {
  const { direction, state, files, folders, bytes, names, canOpen } = transfer;
  const [only] = names;
  if (files !== 1 || folders !== 0 || !only || only.folder) return false;
  if (bytes === 0 || bytes > MAX_PICTURE_BYTES || !PICTURE_NAME.test(only.name)) return false;
  return direction === "send" ? state !== "preparing" : byHand && state === "done" && canOpen;
}

export class Thumbnails {
  #kept = new Map<string, Promise<Blob | null>>();

  constructor(private readonly host: Pick<FilesHost, "thumbnail">) {}

  /** Null if there is none: it is no picture, or cannot be read any more. */
  get({ id, direction }: TransferKey): Promise<Blob | null> {
    const key = keyOf({ id, direction });
    const known = this.#kept.get(key);
    if (known) return known;
    const made = this.host.thumbnail({ id, direction }).catch(() => null);
    this.#kept.set(key, made);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MAX_KEPT && oldest !== undefined) this.#kept.delete(oldest);
    return made;
  }
}
