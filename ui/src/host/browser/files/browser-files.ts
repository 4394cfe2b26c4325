import { createFilesLink } from "../../../engine/webview/files-link";
import type { FileDrag, FilesEvent, FilesHost, Transfer, TransferEntry, TransferKey } from "../../files";
import type { Signaling, SignalingEvent } from "../../types";
import { PageDrags } from "./drags";
import { filesOf, permissionToRead } from "./handles";
import { FilesLinks } from "./links";
import type { SelectedFile } from "./selected-file";
import { pickFiles, type Selection } from "./selection";
import type { Download } from "./storage/save";
import { canStreamDownloads, prepareStreaming, startDownload } from "./streamed-downloads";
import type { Answer, FromFilesWorker, Streaming, ToFilesWorker, TransferAction } from "./worker-messages";

/** Events of the room that are kept until the worker is ready. */
const MAX_EARLY = 1_024;

type DirectoryPicker = (options: { mode: "readwrite" }) => Promise<FileSystemDirectoryHandle>;
/** Not in all browsers. */
const picker = (): DirectoryPicker | undefined =>
  (globalThis as { showDirectoryPicker?: DirectoryPicker }).showDirectoryPicker;

/** Rejections of {@link FilesHost} methods. */
export class BrowserFilesError extends Error {
  constructor(
    /** Of docs/transfer.md, if there is one. */
    readonly code: string | null,
    detail: string,
  ) {
    super(detail);
    this.name = "BrowserFilesError";
  }
}

/** File transfers of a browser: connections here, everything else in a worker of this page. */
export class BrowserFiles implements FilesHost {
  readonly canSendFolders = "webkitdirectory" in HTMLInputElement.prototype;
  readonly canChooseFolder = picker() !== undefined;
  readonly reveals = "save";
  /** Elsewhere a folder is better: it has no limit either, and nothing has to keep running. */
  readonly #streams = !this.canChooseFolder && canStreamDownloads();
  #worker: Worker;
  #links: FilesLinks;
  #drags = new PageDrags(window);
  #listeners = new Set<(event: FilesEvent) => void>();
  /** As last reported. */
  #transfers = new Map<string, Transfer>();
  #requests = new Map<number, (answer: Answer) => void>();
  #nextRequest = 1;
  /** Null once the worker is ready. */
  #early: SignalingEvent[] | null = [];
  /** IDs of transfers that are received as downloads that are streamed. */
  #streamed = new Set<string>();
  /** Chosen once, for everything that is received from then on. */
  #folder: FileSystemDirectoryHandle | null = null;

  constructor(signaling: Signaling, worker = createWorker()) {
    this.#worker = worker;
    worker.onmessage = ({ data }: MessageEvent<FromFilesWorker>) => this.#onWorker(data);
    worker.onerror = (event) => console.warn("the worker of file transfer:", event.message);
    this.#links = new FilesLinks(
      signaling,
      (message, transfer) => this.#post(message, transfer),
      createFilesLink,
    );
    if (this.#streams) this.#post({ type: "streams" });
    signaling.subscribe((event) => {
      if (this.#early === null) this.#links.onSignaling(event);
      else if (this.#early.length < MAX_EARLY) this.#early.push(event);
    });
    // The files of what is being sent are lost with the page, and so are downloads that are streamed.
    addEventListener("beforeunload", (event) => {
      const isLost = (transfer: Transfer) =>
        isUnfinished(transfer) &&
        (transfer.direction === "send" ? !transfer.reselect : this.#streamed.has(transfer.id));
      if ([...this.#transfers.values()].some(isLost)) event.preventDefault();
    });
  }

  async pick(kind: "files" | "folder", to: string[]): Promise<void> {
    this.#offer(await pickFiles(kind), to);
  }

  async offerDropped(token: string, to: string[]): Promise<void> {
    this.#offer(await this.#drags.take(token), to);
  }

  async accept(id: string, where: "default" | "ask"): Promise<void> {
    if (where === "ask") {
      const folder = await chooseFolder();
      if (!folder) return;
      this.#folder = folder;
    }
    const folder = this.#folder;
    const accept = (streaming: Streaming) =>
      this.#request((request) => ({ type: "accept", request, id, folder, streaming }));
    try {
      await accept(this.#streams ? "possible" : "impossible");
    } catch (error) {
      const tooLarge = error instanceof BrowserFilesError && error.code === "too-large";
      if (!tooLarge || !this.#streams) throw error;
      const prepared = await prepareStreaming().then(
        () => true,
        () => false,
      );
      await accept(prepared ? "prepared" : "impossible");
    }
  }

  /** Pages look for nothing that is there already. */
  acceptByRule(id: string): Promise<void> {
    return this.accept(id, "default");
  }

  decline(id: string): void {
    this.#post({ type: "decline", id });
  }

  /** The dialog has to be opened at once, while the click that asks for it counts. */
  async reselect(transfer: TransferKey): Promise<void> {
    const kind = this.#transfers.get(keyOf(transfer))?.reselect ?? "files";
    const reselect = (selection: SelectedFile[]) =>
      this.#request((request) => ({ type: "reselect", request, transfer, selection }));
    if (kind !== "permission") {
      const selected = await pickFiles(kind);
      if (selected) await reselect(selected.files);
      return;
    }
    const { handles = [] } = await this.#request((request) => ({ type: "handles", request, transfer }));
    const permission = await permissionToRead(handles);
    if (permission === "prompt") return;
    const selection = permission === "granted" ? await filesOf(handles).catch(() => []) : [];
    // Where this does not help, the dialog is what is left.
    await reselect(selection).catch((error: unknown) => console.warn("the handles of a transfer:", error));
  }

  pause(transfer: TransferKey): void {
    this.#control("pause", transfer);
  }

  resume(transfer: TransferKey): void {
    this.#control("resume", transfer);
  }

  cancel(transfer: TransferKey): void {
    this.#control("cancel", transfer);
  }

  retry(transfer: TransferKey): void {
    this.#control("retry", transfer);
  }

  forget(transfer: TransferKey): void {
    this.#control("forget", transfer);
  }

  /** Saves it again: files into a folder where the browser can, otherwise as a download. */
  reveal(transfer: TransferKey): Promise<void> {
    return this.#save(transfer);
  }

  async entries(transfer: TransferKey, first: number, count: number): Promise<TransferEntry[]> {
    const answer = await this.#request((request) => ({ type: "entries", request, transfer, first, count }));
    return answer.entries ?? [];
  }

  async thumbnail(transfer: TransferKey): Promise<Blob | null> {
    const answer = await this.#request((request) => ({ type: "thumbnail", request, transfer }));
    return answer.thumbnail ?? null;
  }

  setCallActive(active: boolean): void {
    this.#post({ type: "yield", yields: active });
  }

  subscribe(listener: (event: FilesEvent) => void): () => void {
    this.#listeners.add(listener);
    this.#post({ type: "subscribe" });
    return () => this.#listeners.delete(listener);
  }

  subscribeDrags(listener: (drag: FileDrag) => void): () => void {
    return this.#drags.subscribe(listener);
  }

  #offer(selection: Selection | null, participants: readonly string[]): void {
    if (!selection || selection.files.length === 0) return;
    const { files, skipped } = selection;
    const to = this.#links.linksTo(participants);
    const gone = this.#links.namesOfGone(participants);
    this.#post({ type: "offer", selection: files, skipped, to, gone });
  }

  #control(action: TransferAction, { id, direction }: TransferKey): void {
    this.#post({ type: "control", action, transfer: { id, direction } });
  }

  async #save(transfer: TransferKey): Promise<void> {
    const { files = 0, folders = 0 } = this.#transfers.get(keyOf(transfer)) ?? {};
    if (this.canChooseFolder && files + folders > 1) {
      const folder = await chooseFolder();
      if (folder) await this.#request((request) => ({ type: "copy", request, transfer, folder }));
      return;
    }
    const { download } = await this.#request((request) => ({ type: "save", request, transfer }));
    if (download) save(download);
  }

  #post(message: ToFilesWorker, transfer: Transferable[] = []): void {
    this.#worker.postMessage(message, transfer);
  }

  async #request(message: (request: number) => ToFilesWorker): Promise<Extract<Answer, { ok: true }>> {
    const request = this.#nextRequest;
    this.#nextRequest += 1;
    const answered = new Promise<Answer>((resolve) => this.#requests.set(request, resolve));
    this.#post(message(request));
    const answer = await answered;
    if (!answer.ok) throw new BrowserFilesError(answer.code, answer.detail);
    return answer;
  }

  #onWorker(message: FromFilesWorker): void {
    switch (message.type) {
      case "ready": {
        if (message.problem !== null) {
          console.warn("no file transfer:", message.problem);
          return;
        }
        const early = this.#early ?? [];
        this.#early = null;
        for (const event of early) this.#links.onSignaling(event);
        break;
      }
      case "event":
        this.#onEvent(message.event);
        break;
      case "answer":
        this.#requests.get(message.request)?.(message.answer);
        this.#requests.delete(message.request);
        break;
      case "download":
        save(message.download);
        break;
      case "stream": {
        const { id, name, size, port } = message;
        this.#streamed.add(id);
        startDownload(name, size, port).catch((error: unknown) => {
          console.warn("streaming a download:", error);
          port.postMessage({ type: "cancel" });
        });
        break;
      }
      case "hello":
      case "ended":
      case "links":
      case "unfinished":
        this.#links.onWorker(message);
    }
  }

  #onEvent(event: FilesEvent): void {
    if (event.type === "transfers")
      this.#transfers = new Map(event.transfers.map((transfer) => [keyOf(transfer), transfer]));
    else if (event.type === "transfer") this.#transfers.set(keyOf(event.transfer), event.transfer);
    else this.#transfers.delete(keyOf(event));
    for (const listener of [...this.#listeners]) listener(event);
  }
}

function createWorker(): Worker {
  return new Worker(new URL("./files-worker.ts", import.meta.url), { type: "module" });
}

/** Null if the person cancels. */
async function chooseFolder(): Promise<FileSystemDirectoryHandle | null> {
  try {
    return (await picker()?.({ mode: "readwrite" })) ?? null;
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") return null;
    throw error;
  }
}

/** The browser copies it to where downloads go. It does not say when it has, so the address stays for as long as the page. */
function save({ name, content }: Download): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
}

function isUnfinished({ state }: Transfer): boolean {
  return state === "offered" || state === "waiting" || state === "active" || state === "paused";
}

function keyOf({ id, direction }: TransferKey): string {
  return `${direction}-${id}`;
}
