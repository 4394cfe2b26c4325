/** Entry point of the worker of file transfer. */
import { hashBlob } from "./hash-blob";
import { MODULE_URL } from "./module-url";
import { TransferModule } from "./transfer-module";
import type { FromFilesWorker, ToFilesWorker } from "./worker-messages";

function post(message: FromFilesWorker): void {
  postMessage(message);
}

const module = MODULE_URL === null ? Promise.reject(new Error("not built")) : TransferModule.load(MODULE_URL);

let queue = module.then(
  () => post({ type: "ready", problem: null }),
  (error: unknown) => post({ type: "ready", problem: String(error) }),
);

async function hash(file: Blob): Promise<void> {
  const hash = await module.then((module) => hashBlob(module, file)).catch(() => null);
  post({ type: "hashed", hash });
}

addEventListener("message", ({ data }: MessageEvent<ToFilesWorker>) => {
  queue = queue.then(() => hash(data.file));
});
