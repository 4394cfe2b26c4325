/** The video worker: one for the whole engine, so that frames never cross the page's thread. */
import { frameAccess, webCodecs } from "./codecs";
import { type Features, findProblems } from "./features";
import { MediaSocket } from "./socket";
import { Streams } from "./streams";
import type { FromVideoWorker, ToVideoWorker } from "./worker-messages";

const TICK_MS = 100;

const streams = new Streams(
  frameAccess,
  webCodecs,
  () => performance.now(),
  (url, token, events) => new MediaSocket(url, token, events),
  tell,
  performance.timeOrigin,
);

function tell(message: FromVideoWorker, transfer?: MediaStreamTrack | VideoFrame): void {
  // Tracks are where mediacapture-extensions are; TypeScript's list does not have them yet.
  postMessage(message, { transfer: transfer ? [transfer as unknown as Transferable] : [] });
}

addEventListener("message", (event: MessageEvent<ToVideoWorker>) => streams.hear(event.data));
setInterval(() => streams.tick(), TICK_MS);
void findProblems(globalThis as Features).then((problems) => tell({ type: "ready", problems }));
