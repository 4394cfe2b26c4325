/** Messages between the page and the worker of file transfer. Not validated: both are of the same build. */

/** The worker answers in the order of the requests. */
export type ToFilesWorker = { type: "hash"; file: Blob };

export type FromFilesWorker =
  /** First of all. `problem` is why this browser has no file transfer, for the log. */
  | { type: "ready"; problem: string | null }
  /** 64 hexadecimal digits; null if the file cannot be read any more. */
  | { type: "hashed"; hash: string | null };
