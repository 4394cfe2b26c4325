import { readFileSync } from "node:fs";
import { createContext, runInContext } from "node:vm";
import { expect, it, vi } from "vitest";
import { serveDownload } from "./stream-port";

const SCRIPT = new URL("../../../../../public/download/worker.js", import.meta.url);

interface FetchEvent {
  request: { url: string };
  respondWith(response: Response): void;
}

/** The service worker, without a browser. */
function serviceWorker() {
  const listeners = new Map<string, (event: never) => void>();
  const context = { Headers, ReadableStream, Response, URL };
  const scope = {
    addEventListener: (type: string, listener: (event: never) => void) => listeners.set(type, listener),
  };
  runInContext(readFileSync(SCRIPT, "utf8"), createContext({ ...context, ...scope }));
  const announce = (path: string, name: string, size: number | null) => {
    const { port1, port2 } = new MessageChannel();
    listeners.get("message")?.({ data: { type: "announce", path, name, size }, ports: [port2] } as never);
    return port1;
  };
  const fetch = (path: string): Response => {
    let response: Response | undefined;
    const event: FetchEvent = {
      request: { url: `https://maru.example${path}` },
      respondWith: (given) => {
        response = given;
      },
    };
    listeners.get("fetch")?.(event as never);
    if (!response) throw new Error("not answered");
    return response;
  };
  /** Whether it still has the download. */
  const isRunning = (path: string) =>
    new Promise<boolean>((resolve) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = ({ data }) => {
        port1.close();
        resolve(data.running);
      };
      listeners.get("message")?.({ data: { type: "keep-running", path }, ports: [port2] } as never);
    });
  return { announce, fetch, isRunning };
}

function chunks(count: number) {
  let pulled = 0;
  const content = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        pulled += 1;
        if (pulled > count) controller.close();
        else controller.enqueue(new Uint8Array([pulled]));
      },
    },
    { highWaterMark: 0 },
  );
  return { content, pulled: () => pulled };
}

it("answers an announced address once, with the content and its headers, and every other with nothing", async () => {
  const worker = serviceWorker();
  const cancelled = vi.fn();
  serveDownload(worker.announce("/download/1", "바다 '여름'.jpg", 3), chunks(3).content, cancelled);
  const response = worker.fetch("/download/1");
  expect(response.headers.get("content-disposition")).toBe(
    "attachment; filename*=UTF-8''%EB%B0%94%EB%8B%A4%20%27%EC%97%AC%EB%A6%84%27.jpg",
  );
  expect(response.headers.get("content-length")).toBe("3");
  expect(response.headers.get("content-type")).toBe("application/octet-stream");
  expect(new Uint8Array(await response.arrayBuffer())).toEqual(new Uint8Array([1, 2, 3]));
  expect(worker.fetch("/download/1").status).toBe(404);
  expect(worker.fetch("/download/worker.js").status).toBe(404);
  expect(cancelled).not.toHaveBeenCalled();
});

it("takes a chunk only when the browser reads one", async () => {
  const worker = serviceWorker();
  const { content, pulled } = chunks(100);
  serveDownload(worker.announce("/download/1", "a", null), content, () => undefined);
  const reader = worker.fetch("/download/1").body?.getReader();
  for (let read = 0; read < 3; read += 1) await reader?.read();
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(pulled()).toBeLessThanOrEqual(4);
});

it("is cancelled by the browser, and fails when the transfer is over", async () => {
  const worker = serviceWorker();
  const cancelled = vi.fn();
  serveDownload(worker.announce("/download/1", "a", null), chunks(9).content, cancelled);
  const reader = worker.fetch("/download/1").body?.getReader();
  await reader?.read();
  await reader?.cancel();
  await vi.waitFor(() => expect(cancelled).toHaveBeenCalledOnce());

  const failing = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.error(new Error("over")),
  });
  serveDownload(worker.announce("/download/2", "a", null), failing, () => undefined);
  await expect(worker.fetch("/download/2").arrayBuffer()).rejects.toThrow();
});

it("says whether it still has a download, which one that was ended and started again has not", async () => {
  const worker = serviceWorker();
  const { content } = chunks(1);
  serveDownload(worker.announce("/download/1", "a", null), content, () => undefined);
  expect(await worker.isRunning("/download/1")).toBe(true);
  const response = worker.fetch("/download/1");
  expect(await worker.isRunning("/download/1")).toBe(true);
  expect(await serviceWorker().isRunning("/download/1")).toBe(false);
  await response.arrayBuffer();
  expect(await worker.isRunning("/download/1")).toBe(false);

  serveDownload(worker.announce("/download/2", "a", null), chunks(9).content, () => undefined);
  await worker.fetch("/download/2").body?.cancel();
  expect(await worker.isRunning("/download/2")).toBe(false);
});
