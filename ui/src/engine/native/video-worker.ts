import type { EngineProblem } from "../types";
import type { StreamId } from "./bridge";
import { CanvasTrack, canCaptureCanvases } from "./canvas-track";
import { canReadElements, ElementFrames } from "./element-frames";
import type { Content, Size } from "./ladder";
import type { FromVideoWorker, ToVideoWorker, VideoSource, VideoStreamStats } from "./worker-messages";

/** A worker that has not said a word by then will not. Milliseconds. */
const READY_WITHIN_MS = 5_000;
const SILENT: readonly EngineProblem[] = ["no-video-worker"];

export interface RemoteVideoListener {
  track(track: MediaStreamTrack): void;
  live(live: boolean): void;
}

/** The worker as the page sees it. Where there is none, it takes everything and gives nothing. */
export class VideoWorker {
  #worker: Worker | null;
  #problems: readonly EngineProblem[] = SILENT;
  #ready: () => void = () => {};
  #remote = new Map<StreamId, RemoteVideoListener>();
  #stats = new Map<StreamId, VideoStreamStats>();
  /** What the page does itself where workers cannot: it reads what is sent, and draws what is received. */
  #read = new Map<StreamId, ElementFrames>();
  #drawn = new Map<StreamId, CanvasTrack>();
  /** Screens whose frames the worker may find to have no size. */
  #spare = new Map<StreamId, { track: MediaStreamTrack; content: Content; limit: Size | null }>();

  private constructor(create: () => Worker) {
    try {
      this.#worker = create();
    } catch (error) {
      console.warn("video worker", error);
      this.#worker = null;
      return;
    }
    this.#worker.onmessage = (event: MessageEvent<FromVideoWorker>) => this.#hear(event.data);
    this.#worker.onerror = (event) => {
      console.warn("video worker", event.message);
      this.#ready();
    };
  }

  /** Resolves when it is known what this machine can do. */
  static async start(create = createWorker, within = READY_WITHIN_MS): Promise<VideoWorker> {
    const video = new VideoWorker(create);
    if (!video.#worker) return video;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, within);
      video.#ready = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    if (video.#problems === SILENT) video.close();
    return video;
  }

  get problems(): readonly EngineProblem[] {
    return this.#problems;
  }

  connect(url: string, token: string): void {
    this.#tell({ type: "connect", url, token });
  }

  /** Encodes `track`, which it takes over, as `stream` whenever the shell asks for it, not larger than `limit`. */
  send(stream: StreamId, content: Content, track: MediaStreamTrack, limit: Size | null): void {
    if (this.#problems.includes("slow-frame-access")) {
      this.#readHere(stream, content, track, limit);
      return;
    }
    this.#endRead(stream);
    if (content !== "camera" && canReadElements(globalThis))
      this.#spare.set(stream, { track: track.clone(), content, limit });
    try {
      this.#tell({ type: "send", stream, content, track, limit }, track);
    } catch (error) {
      // Not transferable here.
      console.warn("video worker", error);
      track.stop();
    }
  }

  setContent(stream: StreamId, content: Content): void {
    const spare = this.#spare.get(stream);
    if (spare) spare.content = content;
    this.#tell({ type: "content", stream, content });
  }

  endSend(stream: StreamId): void {
    this.#stats.delete(stream);
    this.#endRead(stream);
    this.#tell({ type: "end-send", stream });
  }

  /** Decodes `stream` until the returned function is called. */
  receive(stream: StreamId, source: VideoSource, listener: RemoteVideoListener): () => void {
    this.#remote.set(stream, listener);
    if (this.#problems.includes("slow-frame-display")) {
      const canvas = new CanvasTrack();
      this.#drawn.set(stream, canvas);
      listener.track(canvas.track);
    }
    this.#tell({ type: "receive", stream, source });
    return () => {
      this.#drawn.delete(stream);
      this.#remote.delete(stream);
      this.#stats.delete(stream);
      this.#tell({ type: "end-receive", stream });
    };
  }

  /** A second old at most; null for what it does not know. */
  stats(stream: StreamId): VideoStreamStats | null {
    return this.#stats.get(stream) ?? null;
  }

  close(): void {
    this.#worker?.terminate();
    this.#worker = null;
    for (const stream of [...this.#read.keys(), ...this.#spare.keys()]) this.#endRead(stream);
    this.#drawn.clear();
    this.#remote.clear();
    this.#stats.clear();
  }

  #hear(message: FromVideoWorker): void {
    switch (message.type) {
      case "ready":
        this.#problems = message.problems.map(stoodInFor);
        this.#ready();
        break;
      case "track": {
        const listener = this.#remote.get(message.stream);
        if (listener) listener.track(message.track);
        else message.track.stop(); // Gone while it was made.
        break;
      }
      case "live":
        this.#remote.get(message.stream)?.live(message.live);
        break;
      case "sizeless": {
        const spare = this.#spare.get(message.stream);
        this.#spare.delete(message.stream);
        if (spare) this.#readHere(message.stream, spare.content, spare.track, spare.limit);
        break;
      }
      case "grab":
        void this.#grab(message.stream);
        break;
      case "draw": {
        const canvas = this.#drawn.get(message.stream);
        if (canvas) canvas.draw(message.frame);
        else message.frame.close();
        this.#tell({ type: "drawn", stream: message.stream });
        break;
      }
      case "stats":
        this.#stats = new Map(message.streams.map((stats) => [stats.stream, stats]));
        break;
      case "trouble":
        console.warn("video worker:", message.detail);
    }
  }

  async #grab(stream: StreamId): Promise<void> {
    const frame = (await this.#read.get(stream)?.grab()) ?? null;
    if (this.#worker) this.#tell({ type: "grabbed", stream, frame }, frame ?? undefined);
    else frame?.close();
  }

  /** From now on the page reads it. Takes the track over. */
  #readHere(stream: StreamId, content: Content, track: MediaStreamTrack, limit: Size | null): void {
    this.#endRead(stream);
    this.#read.set(stream, new ElementFrames(track));
    this.#tell({ type: "send", stream, content, track: null, limit });
  }

  #endRead(stream: StreamId): void {
    this.#read.get(stream)?.close();
    this.#read.delete(stream);
    this.#spare.get(stream)?.track.stop();
    this.#spare.delete(stream);
  }

  #tell(message: ToVideoWorker, transfer?: MediaStreamTrack | VideoFrame): void {
    // Tracks are transferable where mediacapture-extensions are; TypeScript's list does not have them yet.
    this.#worker?.postMessage(message, transfer ? [transfer as unknown as Transferable] : []);
  }
}

/** What a worker cannot do and this page can, at more cost, is another problem. */
function stoodInFor(problem: EngineProblem): EngineProblem {
  if (problem === "no-frame-access" && canReadElements(globalThis)) return "slow-frame-access";
  if (problem === "no-frame-display" && canCaptureCanvases(globalThis)) return "slow-frame-display";
  return problem;
}

function createWorker(): Worker {
  // WebKitGTK initialises GStreamer on the first thread that asks for a codec; in a worker, while the page
  // does the same, that aborts the web process ("gst_register_core_elements: code should not be reached",
  // 2.50). Asked here, it is done before the worker exists.
  document.createElement("video").canPlayType('video/webm; codecs="vp8"');
  return new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
}
