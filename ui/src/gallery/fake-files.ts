/** File transfers with the contract of the real ones, without files. */
import type { FileDrag, FilesEvent, FilesHost, Transfer, TransferEntry } from "../host/files";

export interface FakeFilesOptions {
  transfers?: readonly Transfer[];
  /** Reported one after the other, after the start. */
  changes?: readonly Transfer[];
  /** The entries of every transfer, by number. */
  entry?: (entry: number) => TransferEntry;
  /** Files that are dragged over the window from the start. */
  drag?: FileDrag;
  /** Of every picture. */
  thumbnail?: () => Promise<Blob | null>;
  canSendFolders?: boolean;
  canChooseFolder?: boolean;
  reveals?: FilesHost["reveals"];
}

export interface FakeFiles extends FilesHost {
  /** Every request, in order. */
  requests: [string, ...unknown[]][];
  emit(event: FilesEvent): void;
  drag(drag: FileDrag): void;
  /** The next request with an answer fails with this. */
  fail(detail: string): void;
}

const ENTRY: TransferEntry = {
  entry: 0,
  path: "",
  folder: false,
  size: 1_000_000,
  state: "waiting",
  code: null,
  transferred: 0,
};

export function fakeFiles(options: FakeFilesOptions = {}): FakeFiles {
  const { entry: entryOf = (entry) => ({ ...ENTRY, entry, path: `${entry}.jpg` }) } = options;
  const listeners = new Set<(event: FilesEvent) => void>();
  const dragListeners = new Set<(drag: FileDrag) => void>();
  const requests: FakeFiles["requests"] = [];
  let failure: string | null = null;
  const request =
    (name: string) =>
    (...details: unknown[]): void => {
      requests.push([name, ...details]);
    };
  const answer =
    (name: string) =>
    async (...details: unknown[]): Promise<void> => {
      requests.push([name, ...details]);
      const detail = failure;
      failure = null;
      if (detail !== null) throw new Error(detail);
    };
  return {
    requests,
    canSendFolders: options.canSendFolders ?? true,
    canChooseFolder: options.canChooseFolder ?? true,
    reveals: options.reveals ?? "folder",
    emit: (event) => {
      for (const listener of listeners) listener(event);
    },
    drag: (drag) => {
      for (const listener of dragListeners) listener(drag);
    },
    fail: (detail) => {
      failure = detail;
    },
    pick: answer("pick"),
    offerDropped: answer("offerDropped"),
    accept: answer("accept"),
    acceptByRule: answer("acceptByRule"),
    decline: request("decline"),
    pause: request("pause"),
    resume: request("resume"),
    cancel: request("cancel"),
    retry: request("retry"),
    forget: request("forget"),
    reveal: answer("reveal"),
    reselect: answer("reselect"),
    entries: async (transfer, first, count) => {
      requests.push(["entries", transfer, first, count]);
      return Array.from({ length: count }, (_, offset) => entryOf(first + offset));
    },
    thumbnail: async (transfer) => {
      requests.push(["thumbnail", transfer]);
      return options.thumbnail?.() ?? null;
    },
    setCallActive: request("setCallActive"),
    subscribe: (listener) => {
      listeners.add(listener);
      listener({ type: "transfers", transfers: [...(options.transfers ?? [])] });
      const changes = [...(options.changes ?? [])];
      if (changes.length > 0)
        setTimeout(() => {
          for (const transfer of changes) listener({ type: "transfer", transfer });
        });
      return () => listeners.delete(listener);
    },
    subscribeDrags: (listener) => {
      dragListeners.add(listener);
      const { drag } = options;
      // Once the tiles are where they belong.
      if (drag) setTimeout(() => listener(drag), 400);
      return () => dragListeners.delete(listener);
    },
  };
}

/** The ID of a transfer. */
export const fakeId = (number: number) => number.toString(16).padStart(32, "0");

/** A transfer of one photo from the participant with the ID `p0`, under way. */
export function fakeTransfer(patch: Partial<Transfer> = {}): Transfer {
  return {
    id: "5b0c1d2e3f405162738495a6b7c8d9ea",
    direction: "receive",
    batch: null,
    participant: "p0",
    partner: "지훈",
    names: [{ name: "바다.jpg", folder: false, size: 4_812_033 }],
    files: 1,
    folders: 0,
    bytes: 4_812_033,
    skipped: 0,
    state: "active",
    paused: { here: false, there: false, problem: null, problemHere: false },
    code: null,
    transferred: 0,
    filesDone: 0,
    filesFailed: 0,
    filesPresent: 0,
    rate: null,
    secondsLeft: null,
    relayed: false,
    hash: null,
    canOpen: false,
    canRetry: false,
    ...patch,
  };
}
