import type { EngineProblem } from "../types";
import type { StreamId } from "./bridge";
import { CanvasTrack, canCaptureCanvases } from "./canvas-track";
import { canReadElements, ElementFrames } from "./element-frames";
import type {
  Content,
  FromVideoWorker,
  Size,
  ToVideoWorker,
  VideoSource,
  VideoStreamStats,
} from "./worker-messages";

/** A worker that has not sent `ready` after this does not work. Milliseconds. */
const READY_TIMEOUT_MS = 5_000;
const NOT_READY: readonly EngineProblem[] = ["no-video-worker"];

export interface RemoteVideoListener {
  track(track: MediaStreamTrack): void;
  live(live: boolean): void;
}

/** The page's side of the video worker. Without a worker its methods have no effect. */
export class VideoWorker {
  #worker: Worker | null;
  #problems: readonly EngineProblem[] = NOT_READY;
  #ready: () => void = () => {};
  #remote = new Map<StreamId, RemoteVideoListener>();
  #stats = new Map<StreamId, VideoStreamStats>();
  /** The fallbacks in the page: tracks whose frames it reads, and canvases on which it draws. */
  #elementFrames = new Map<StreamId, ElementFrames>();
  #canvases = new Map<StreamId, CanvasTrack>();
  /** Clones of screens, for the fallback if the frames in the worker have size zero. */
  #fallbackTracks = new Map<StreamId, { track: MediaStreamTrack; content: Content; maxSize: Size | null }>();

  private constructor(create: () => Worker) {
    try {
      this.#worker = create();
    } catch (error) {
      console.warn("video worker", error);
      this.#worker = null;
      return;
    }
    this.#worker.onmessage = (event: MessageEvent<FromVideoWorker>) => this.#onMessage(event.data);
    this.#worker.onerror = (event) => {
      console.warn("video worker", event.message);
      this.#ready();
    };
  }

  /** Resolves when the worker has reported its problems, or timed out. */
  static async start(create = createWorker, timeout = READY_TIMEOUT_MS): Promise<VideoWorker> {
    const video = new VideoWorker(create);
    if (!video.#worker) return video;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, timeout);
      video.#ready = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    if (video.#problems === NOT_READY) video.close();
    return video;
  }

  get problems(): readonly EngineProblem[] {
    return this.#problems;
  }

  connect(url: string, token: string): void {
    this.#post({ type: "connect", url, token });
  }

  /**
   * Encodes `track` as `stream` while the shell requests a bitrate for it, scaled down to `maxSize`. Takes ownership of
   * the track.
   */
  send(stream: StreamId, content: Content, track: MediaStreamTrack, maxSize: Size | null): void {
    if (this.#problems.includes("slow-frame-access")) {
      this.#readInPage(stream, content, track, maxSize);
      return;
    }
    this.#stopReading(stream);
    if (content !== "camera" && canReadElements(globalThis))
      this.#fallbackTracks.set(stream, { track: track.clone(), content, maxSize });
    try {
      this.#post({ type: "send", stream, content, track, maxSize }, track);
    } catch (error) {
      // This webview cannot transfer tracks.
      console.warn("video worker", error);
      track.stop();
    }
  }

  setContent(stream: StreamId, content: Content): void {
    const fallback = this.#fallbackTracks.get(stream);
    if (fallback) fallback.content = content;
    this.#post({ type: "content", stream, content });
  }

  /** The largest height in which a receiver shows the stream, in physical pixels; null: not known. */
  setShownHeight(stream: StreamId, height: number | null): void {
    this.#post({ type: "shown-height", stream, height });
  }

  endSend(stream: StreamId): void {
    this.#stats.delete(stream);
    this.#stopReading(stream);
    this.#post({ type: "end-send", stream });
  }

  /** Decodes `stream` until the returned function is called. */
  receive(stream: StreamId, source: VideoSource, listener: RemoteVideoListener): () => void {
    this.#remote.set(stream, listener);
    if (this.#problems.includes("slow-frame-display")) {
      const canvas = new CanvasTrack();
      this.#canvases.set(stream, canvas);
      listener.track(canvas.track);
    }
    this.#post({ type: "receive", stream, source });
    return () => {
      this.#canvases.delete(stream);
      this.#remote.delete(stream);
      this.#stats.delete(stream);
      this.#post({ type: "end-receive", stream });
    };
  }

  /** At most a second old; null for an unknown stream. */
  stats(stream: StreamId): VideoStreamStats | null {
    return this.#stats.get(stream) ?? null;
  }

  close(): void {
    this.#worker?.terminate();
    this.#worker = null;
    for (const stream of [...this.#elementFrames.keys(), ...this.#fallbackTracks.keys()])
      this.#stopReading(stream);
    this.#canvases.clear();
    this.#remote.clear();
    this.#stats.clear();
  }

  #onMessage(message: FromVideoWorker): void {
    switch (message.type) {
      case "ready":
        this.#problems = message.problems.map(withFallback);
        this.#ready();
        break;
      case "track": {
        const listener = this.#remote.get(message.stream);
        if (listener) listener.track(message.track);
        else message.track.stop(); // The stream ended meanwhile.
        break;
      }
      case "live":
        this.#remote.get(message.stream)?.live(message.live);
        break;
      case "zero-size-frames": {
        const fallback = this.#fallbackTracks.get(message.stream);
        this.#fallbackTracks.delete(message.stream);
        if (fallback) this.#readInPage(message.stream, fallback.content, fallback.track, fallback.maxSize);
        break;
      }
      case "grab":
        void this.#grab(message.stream);
        break;
      case "draw": {
        const canvas = this.#canvases.get(message.stream);
        if (canvas) canvas.draw(message.frame);
        else message.frame.close();
        this.#post({ type: "drawn", stream: message.stream });
        break;
      }
      case "stats":
        this.#stats = new Map(message.streams.map((stats) => [stats.stream, stats]));
        break;
      case "warning":
        console.warn("video worker:", message.detail);
    }
  }

  async #grab(stream: StreamId): Promise<void> {
    const frame = (await this.#elementFrames.get(stream)?.grab()) ?? null;
    if (this.#worker) this.#post({ type: "grabbed", stream, frame }, frame ?? undefined);
    else frame?.close();
  }

  /** The page reads the frames instead of the worker. Takes ownership of the track. */
  #readInPage(stream: StreamId, content: Content, track: MediaStreamTrack, maxSize: Size | null): void {
    this.#stopReading(stream);
    this.#elementFrames.set(stream, new ElementFrames(track));
    this.#post({ type: "send", stream, content, track: null, maxSize });
  }

  #stopReading(stream: StreamId): void {
    this.#elementFrames.get(stream)?.close();
    this.#elementFrames.delete(stream);
    this.#fallbackTracks.get(stream)?.track.stop();
    this.#fallbackTracks.delete(stream);
  }

  #post(message: ToVideoWorker, transfer?: MediaStreamTrack | VideoFrame): void {
    // mediacapture-extensions makes tracks transferable; TypeScript's DOM types do not include that yet.
    this.#worker?.postMessage(message, transfer ? [transfer as unknown as Transferable] : []);
  }
}

/** A missing worker feature for which the page has a fallback is a lesser problem. */
function withFallback(problem: EngineProblem): EngineProblem {
  if (problem === "no-frame-access" && canReadElements(globalThis)) return "slow-frame-access";
  if (problem === "no-frame-display" && canCaptureCanvases(globalThis)) return "slow-frame-display";
  return problem;
}

function createWorker(): Worker {
  // WebKitGTK initialises GStreamer on the first thread that uses a codec. If worker and page do so at once, the web
  // process aborts ("gst_register_core_elements: code should not be reached", 2.50). This call initialises it first.
  document.createElement("video").canPlayType('video/webm; codecs="vp8"');
  return new Worker(new URL("./worker/worker.ts", import.meta.url), { type: "module" });
}
