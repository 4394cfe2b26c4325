/**
 * The service worker of downloads that are streamed (docs/decisions/0058). Its scope is its folder: it sees no request but
 * those below `/download/`, of which it answers each once. It stores nothing.
 */

/** Downloads that were announced and not fetched yet: port, name and size by path. */
const announced = new Map();
/** Paths of those that are read now. */
const running = new Set();
/** Announced and never fetched: the oldest are given up. */
const MAX_ANNOUNCED = 16;

// Of two versions the newer one: no page is controlled by either.
addEventListener("install", () => skipWaiting());

addEventListener("message", ({ data, ports: [port] }) => {
  if (!port) return;
  if (data.type === "announce") {
    announced.set(data.path, { port, name: data.name, size: data.size });
    const [oldest] = announced.keys();
    if (announced.size > MAX_ANNOUNCED) announced.delete(oldest);
    port.postMessage({ type: "announced" });
  } else if (data.type === "keep-running") {
    // The message alone keeps this worker running. One that was ended all the same has forgotten its downloads.
    port.postMessage({ running: announced.has(data.path) || running.has(data.path) });
  }
});

addEventListener("fetch", (event) => {
  const { pathname } = new URL(event.request.url);
  const download = announced.get(pathname);
  announced.delete(pathname);
  // An old address gets nothing, instead of a page of the server.
  event.respondWith(download ? answer(pathname, download) : new Response(null, { status: 404 }));
});

function answer(path, { port, name, size }) {
  let resume = () => {};
  running.add(path);
  const body = new ReadableStream(
    {
      start(controller) {
        port.onmessage = ({ data }) => {
          if (data.type === "chunk") controller.enqueue(data.bytes);
          else {
            running.delete(path);
            if (data.type === "end") controller.close();
            else controller.error(new Error("aborted"));
          }
          resume();
        };
      },
      // One chunk for each request of the browser: it decides how fast, as its disk does.
      pull() {
        port.postMessage({ type: "pull" });
        return new Promise((resolve) => {
          resume = resolve;
        });
      },
      cancel() {
        running.delete(path);
        port.postMessage({ type: "cancel" });
      },
    },
    { highWaterMark: 0 },
  );
  const headers = new Headers({
    "Content-Type": "application/octet-stream",
    "Content-Disposition": `attachment; filename*=UTF-8''${encoded(name)}`,
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cache-Control": "no-store",
  });
  if (size !== null) headers.set("Content-Length", String(size));
  return new Response(body, { headers });
}

/** As RFC 8187 has it. */
function encoded(name) {
  return encodeURIComponent(name).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16)}`,
  );
}
