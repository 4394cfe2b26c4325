/** Entry point of the video worker: one for the whole engine, so that frames never pass through the page's thread. */
import type { FromVideoWorker, ToVideoWorker } from "../worker-messages";
import { frameAccess, webCodecs } from "./codecs";
import { detectProblems, type Features } from "./features";
import { MediaSocket } from "./media-socket";
import { VideoStreams } from "./video-streams";

const TICK_MS = 100;

const streams = new VideoStreams(
  frameAccess,
  webCodecs,
  () => performance.now(),
  (url, token, events) => new MediaSocket(url, token, events),
  post,
  performance.timeOrigin,
);

function post(message: FromVideoWorker, transfer?: MediaStreamTrack | VideoFrame): void {
  // mediacapture-extensions makes tracks transferable; TypeScript's DOM types do not include that yet.
  postMessage(message, { transfer: transfer ? [transfer as unknown as Transferable] : [] });
}

addEventListener("message", (event: MessageEvent<ToVideoWorker>) => streams.onMessage(event.data));
setInterval(() => streams.tick(), TICK_MS);
void detectProblems(globalThis as Features).then((problems) => post({ type: "ready", problems }));
