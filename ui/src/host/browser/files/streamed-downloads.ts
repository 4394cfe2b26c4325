/** Downloads that are streamed by a service worker, whose scope is the folder of its script. */
import type { FromDownload, ToDownload } from "./worker/stream-port";

const SCRIPT = "/download/worker.js";
/** Shorter than any browser lets a service worker run without an event. Milliseconds. */
const KEEP_RUNNING_MS = 10_000;

/** Not where pages have no service workers: private windows of Firefox, and addresses without TLS. */
export function canStreamDownloads(): boolean {
  return "serviceWorker" in navigator && isSecureContext;
}

/** @throws {DOMException} if this browser, or its person, does not permit service workers. */
export async function prepareStreaming(): Promise<void> {
  await registeredWorker();
}

/** Starts a download of what comes through `port`. It cannot go on without this page. */
export async function startDownload(name: string, size: number | null, port: MessagePort): Promise<void> {
  const worker = await registeredWorker();
  const path = `/download/${crypto.randomUUID()}`;
  const { port1: own, port2 } = new MessageChannel();
  worker.postMessage({ type: "announce", path, name, size }, [port2]);
  const frame = document.createElement("iframe");
  frame.hidden = true;
  const timer = setInterval(() => keepRunning(worker, path, () => cancel()), KEEP_RUNNING_MS);
  const end = () => {
    clearInterval(timer);
    frame.remove();
    own.close();
    port.close();
  };
  const cancel = () => {
    const message: FromDownload = { type: "cancel" };
    port.postMessage(message);
    end();
  };
  // Messages pass through this page, so that it knows when the download is over.
  own.onmessage = ({ data }: MessageEvent<FromDownload>) => {
    if (data.type === "announced") {
      frame.src = path;
      document.body.append(frame);
    } else if (data.type === "cancel") cancel();
    else port.postMessage(data);
  };
  port.onmessage = ({ data }: MessageEvent<ToDownload>) => {
    if (data.type === "chunk") {
      own.postMessage(data, [data.bytes.buffer]);
      return;
    }
    own.postMessage(data);
    clearInterval(timer);
    // The frame stays a little: the browser may not have read the end.
    setTimeout(end, KEEP_RUNNING_MS);
  };
}

/** `lost` is called if the worker was ended nevertheless, and with it the download. */
function keepRunning(worker: ServiceWorker, path: string, lost: () => void): void {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = ({ data }: MessageEvent<{ running: boolean }>) => {
    port1.close();
    if (!data.running) lost();
  };
  worker.postMessage({ type: "keep-running", path }, [port2]);
}

/** The newest one, once it answers requests. */
async function registeredWorker(): Promise<ServiceWorker> {
  const registration = await navigator.serviceWorker.register(SCRIPT);
  const worker = registration.installing ?? registration.waiting ?? registration.active;
  if (!worker) throw new DOMException("no service worker", "InvalidStateError");
  if (worker.state === "activated") return worker;
  return new Promise((resolve, reject) => {
    worker.addEventListener("statechange", () => {
      if (worker.state === "activated") resolve(worker);
      else if (worker.state === "redundant") reject(new DOMException("not installed", "InvalidStateError"));
    });
  });
}
