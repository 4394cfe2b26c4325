/** Entry point of the worker of file transfer. */
import { hashBlob } from "./hash-blob";
import { MODULE_URL } from "./module-url";
import { removeArchives } from "./storage/save";
import { IndexedDbSentStore } from "./storage/sent";
import { StagedDestination } from "./storage/staged";
import { TransferModule } from "./transfer-module";
import { Transfers } from "./worker/transfers";
import type { FromFilesWorker, ToFilesWorker } from "./worker-messages";

/** What is not finished, or not fetched, is removed after so long: 30 days in milliseconds, as on the desktop. */
const MAX_AGE_MS = 30 * 24 * 3_600 * 1_000;

function post(message: FromFilesWorker, transfer: Transferable[] = []): void {
  postMessage(message, { transfer });
}

async function hash(module: TransferModule, file: Blob): Promise<void> {
  post({ type: "hashed", hash: await hashBlob(module, file).catch(() => null) });
}

/** Channels that came before the module was compiled: messages on them must not be missed, so it is not awaited below. */
let early: Exclude<ToFilesWorker, { type: "hash" }>[] | null = [];
let transfers: Transfers | null = null;
let loaded: Promise<TransferModule>;
let queue: Promise<void>;

addEventListener("message", ({ data }: MessageEvent<ToFilesWorker>) => {
  if (data.type === "hash") {
    queue = queue.then(() => loaded.then((module) => hash(module, data.file)));
    queue.catch(() => post({ type: "hashed", hash: null }));
  } else if (transfers) transfers.onMessage(data);
  else early?.push(data);
});

async function start(): Promise<TransferModule> {
  if (MODULE_URL === null) throw new Error("not built");
  const module = await TransferModule.load(MODULE_URL);
  const started = new Transfers(module, post, () => performance.now(), new IndexedDbSentStore());
  // Neither is there in a private window of Firefox.
  await removeArchives().catch(() => {});
  const expired = (created: number) => Date.now() - created > MAX_AGE_MS;
  const restored = await StagedDestination.restoreAll(module, expired).catch(() => []);
  await started.restoreSent(expired).catch((error: unknown) => console.warn("what was sent:", error));
  post({ type: "ready", problem: null });
  transfers = started;
  started.restore(restored);
  for (const message of early ?? []) started.onMessage(message);
  early = null;
  return module;
}

loaded = start();
queue = loaded.then(
  () => {},
  (error: unknown) => post({ type: "ready", problem: String(error) }),
);
