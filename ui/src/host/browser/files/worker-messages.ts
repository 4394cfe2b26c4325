/** Messages between the page and the worker of file transfer. Not validated: both are of the same build. */
import type { FilesEvent, TransferEntry, TransferKey } from "../../files";
import type { Identity } from "./endpoint";
import type { SelectedFile } from "./selected-file";
import type { Download } from "./storage/save";

/** A link: all that connects with one participant. Named by the page, for as long as it runs. */
export type LinkKey = string;

export type TransferAction = "pause" | "resume" | "cancel" | "retry" | "forget";

export type ToFilesWorker =
  /** The worker answers in the order of the requests. */
  | { type: "hash"; file: Blob }
  /** Who this side is now. */
  | { type: "identity"; identity: Identity }
  /** A link is there, or whose it is has changed. `participant` is null until it is known after a server restart. */
  | { type: "link"; link: LinkKey; participant: string | null; name: string }
  /** Channels of another connection of a link: RTCDataChannels, or ports of `relayed-channel.ts`. */
  | {
      type: "channels";
      link: LinkKey;
      generation: number;
      control: RTCDataChannel | MessagePort;
      bulk: RTCDataChannel | MessagePort;
    }
  | { type: "fingerprints"; link: LinkKey; generation: number; own: string; partner: string }
  | { type: "path"; link: LinkKey; works: boolean; relayed: boolean | null }
  /** The connections of a link are about to be closed. */
  | { type: "disconnect"; link: LinkKey }
  /** The link is over. Transfers that were accepted wait for another one. */
  | { type: "unlink"; link: LinkKey }
  /** `gone`: names of recipients who have left, while a dialog was open for example. */
  | { type: "offer"; selection: SelectedFile[]; skipped: number; to: LinkKey[]; gone: string[] }
  /** Downloads can probably be streamed, if there is no room: no reason to warn of an offer. */
  | { type: "streams" }
  /** Answered. `folder`: where the person wants it. */
  | {
      type: "accept";
      request: number;
      id: string;
      folder: FileSystemDirectoryHandle | null;
      streaming: Streaming;
    }
  | { type: "decline"; id: string }
  | { type: "control"; action: TransferAction; transfer: TransferKey }
  /** Answered with what is to be saved, again. */
  | { type: "save"; request: number; transfer: TransferKey }
  /** Answered. */
  | { type: "copy"; request: number; transfer: TransferKey; folder: FileSystemDirectoryHandle }
  /** Answered. */
  | { type: "entries"; request: number; transfer: TransferKey; first: number; count: number }
  /** Answered with what the person selected for it, in an earlier page. */
  | { type: "handles"; request: number; transfer: TransferKey }
  /** Answered. The files of what an earlier page sent. */
  | { type: "reselect"; request: number; transfer: TransferKey; selection: SelectedFile[] }
  /** Answered. */
  | { type: "thumbnail"; request: number; transfer: TransferKey }
  /** Whether media runs with anyone. */
  | { type: "yield"; yields: boolean }
  /** All transfers are to be reported. */
  | { type: "subscribe" };

/** Whether downloads can be streamed. `possible`: the page has to prepare it first. */
export type Streaming = "impossible" | "possible" | "prepared";

export type FromFilesWorker =
  /** First of all. `problem` is why this browser has no file transfer, for the log. */
  | { type: "ready"; problem: string | null }
  /** 64 hexadecimal digits; null if the file cannot be read any more. */
  | { type: "hashed"; hash: string | null }
  | { type: "event"; event: FilesEvent }
  /** The other side of a link said who it is. */
  | { type: "hello"; link: LinkKey; participant: string; incarnation: string }
  /** A connection is of no use any more. */
  | { type: "ended"; link: LinkKey; generation: number; reason: EndReason }
  /** Which links have transfers. */
  | { type: "links"; open: LinkKey[] }
  /** How many transfers wait for their partner to be found. */
  | { type: "unfinished"; count: number }
  /** For the person to save. */
  | { type: "download"; download: Download }
  /** For the service worker, which takes its content through the port (`worker/stream-port.ts`). */
  | { type: "stream"; id: string; name: string; size: number | null; port: MessagePort }
  | { type: "answer"; request: number; answer: Answer };

/** `silent`: nothing arrived for too long. `idle`: nothing to transfer. `closed`: by the other side, or below. */
export type EndReason = "silent" | "idle" | "violation" | "closed";

export type Answer =
  | {
      ok: true;
      entries?: TransferEntry[];
      download?: Download | null;
      thumbnail?: Blob | null;
      handles?: readonly FileSystemHandle[];
    }
  /** `code` of docs/transfer.md, if there is one. */
  | { ok: false; code: string | null; detail: string };
