/** The contract between the interface and what transfers files (docs/transfer.md). */

export type FilesEvent =
  /** All; first event of a subscription. */
  | { type: "transfers"; transfers: Transfer[] }
  /** New or changed; at most 10 a second for each. */
  | { type: "transfer"; transfer: Transfer }
  | { type: "removed"; id: string; direction: "send" | "receive" };

export interface Transfer {
  /** 32 hex digits; with `direction` the key. */
  id: string;
  direction: "send" | "receive";
  /**
   * The same for everybody to whom it was offered at once: 32 hex digits. Null if there was only one, of what is received,
   * and of what the host remembers from before it was started.
   */
  batch: string | null;
  /** Participant ID now; null: not in the room. */
  participant: string | null;
  /** Their name when it was offered. */
  partner: string;
  /** First entries, at most 8. */
  names: { name: string; folder: boolean; size: number }[];
  files: number;
  folders: number;
  bytes: number;
  /** Links inside folders, devices and so on that are not offered. */
  skipped: number;
  /** The first of them, where the host knows: only of what is sent. */
  skippedNames?: { name: string; reason: SkipReason }[];
  state: /** The selection is being scanned. */
    | "preparing"
    /** Waits for an answer: ours (receive) or theirs (send). */
    | "offered"
    /** Accepted, and the partner is away or not connected. */
    | "waiting"
    | "active"
    | "paused"
    | "done"
    | "declined"
    | "cancelled"
    | "failed";
  /** `problem`: code of docs/transfer.md; pauses until mended. `problemHere`: on this computer, not the partner's. */
  paused: { here: boolean; there: boolean; problem: string | null; problemHere: boolean };
  /** Why declined, cancelled or failed; of an offer to us, why it could not, or cannot as it is, be accepted. */
  code: string | null;
  /** `code` is about this computer, such as its disk. */
  codeHere?: boolean;
  /** Bytes. Never falls. */
  transferred: number;
  filesDone: number;
  filesFailed: number;
  /** Of `filesDone`, those that the receiver had already. */
  filesPresent: number;
  /** Bytes per second, smoothed. */
  rate: number | null;
  /** Without the files that failed. */
  secondsLeft: number | null;
  /** Null: not connected. */
  relayed: boolean | null;
  /** Of a single file, when done: of what arrived, or of what was read here and sent. 64 hex digits. */
  hash: string | null;
  /** Something can be shown in its folder. */
  canOpen: boolean;
  /**
   * It waits for `reselect`: the page that had the selected files is gone. What the dialog is to select, or
   * "permission": the browser only asks whether they may be read.
   */
  reselect?: "files" | "folder" | "permission";
  /** Files failed, and can be offered to the partner once more. */
  canRetry: boolean;
}

/** A later version of the shell may have others. */
export type SkipReason = "link" | "special" | "unreadable" | "missing" | "path" | "too-large" | "partial";

export interface TransferEntry {
  entry: number;
  path: string;
  folder: boolean;
  size: number;
  state: "waiting" | "active" | "done" | "failed" | "skipped";
  code: string | null;
  transferred: number;
}

/** File transfers. Absent where there are none. */
export interface FilesHost {
  /** Native dialogs or drop can name folders. */
  readonly canSendFolders: boolean;
  /** "ask" shows a dialog for a folder. */
  readonly canChooseFolder: boolean;
  /** What `reveal` does with received files: shows them in their folder, or saves them once more. */
  readonly reveals: "folder" | "save";
  /** Dialog, then offers; resolves also when the person cancels. */
  pick(kind: "files" | "folder", to: string[]): Promise<void>;
  /** Desktop: what was dropped, named by its token. */
  offerDropped(token: string, to: string[]): Promise<void>;
  /** "ask": native folder dialog first. */
  accept(id: string, where: "default" | "ask"): Promise<void>;
  /**
   * Into the default folder, without the person. Nothing is looked for that is there already: the sender would learn of it
   * as often as it offers.
   */
  acceptByRule(id: string): Promise<void>;
  decline(id: string): void;
  pause(transfer: TransferKey): void;
  resume(transfer: TransferKey): void;
  cancel(transfer: TransferKey): void;
  retry(transfer: TransferKey): void;
  forget(transfer: TransferKey): void;
  /**
   * Where a reload of the page loses what was selected: dialog for it, then it goes on. Resolves also when the person
   * cancels; rejects if it is something else.
   */
  reselect?(transfer: TransferKey): Promise<void>;
  /** Rejects with an error that has the `code` `missing` if it is no longer there. */
  reveal(transfer: TransferKey): Promise<void>;
  entries(transfer: TransferKey, first: number, count: number): Promise<TransferEntry[]>;
  /**
   * A small picture of the one file of a transfer, PNG; null if it is no picture. The file is decoded for it: the caller
   * decides whether the person wants that.
   */
  thumbnail(transfer: TransferKey): Promise<Blob | null>;
  setCallActive(active: boolean): void;
  subscribe(listener: (event: FilesEvent) => void): () => void;
  /** Files dragged over the window; x, y in CSS pixels. The paths stay in the shell. */
  subscribeDrags(listener: (drag: FileDrag) => void): () => void;
}

export interface TransferKey {
  id: string;
  direction: "send" | "receive";
}

export type FileDrag =
  | { type: "over"; x: number; y: number }
  | { type: "leave" }
  | {
      type: "drop";
      x: number;
      y: number;
      token: string;
      items: { name: string; folder: boolean; size: number | null }[];
    };
