/** Gives the content of a download to the service worker, when it asks for it. The other side is `public/download/worker.js`. */

export type ToDownload =
  | { type: "chunk"; bytes: Uint8Array }
  | { type: "end" }
  /** The download fails. */
  | { type: "abort" };

/** `announced`: the download can be fetched. */
export type FromDownload = { type: "announced" } | { type: "pull" } | { type: "cancel" };

/** `onCancel`: the person has cancelled the download, as far as the browser says so. */
export function serveDownload(
  port: MessagePort,
  content: ReadableStream<Uint8Array>,
  onCancel: () => void,
): void {
  const reader = content.getReader();
  const post = (message: ToDownload, transfer: Transferable[] = []) => port.postMessage(message, transfer);
  port.onmessage = ({ data }: MessageEvent<FromDownload>) => {
    if (data.type === "cancel") {
      port.close();
      onCancel();
    }
    if (data.type !== "pull") return;
    reader.read().then(
      ({ done, value }) => {
        if (done) post({ type: "end" });
        else post({ type: "chunk", bytes: value });
      },
      () => post({ type: "abort" }),
    );
  };
}
