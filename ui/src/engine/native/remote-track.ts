import type { RemoteTrack } from "../types";
import { AttachedElements } from "./attached-elements";
import type { AudioLevels } from "./audio-levels";
import type { StreamId } from "./bridge";
import type { VideoWorker } from "./video-worker";
import type { VideoSource } from "./worker-messages";

export type NativeRemoteTrack = RemoteAudioTrack | RemoteVideoTrack;

/** Whether a remote track is live, and its listeners. */
class RemoteTrackBase {
  #live = false;
  #listeners = new Set<() => void>();

  live(): boolean {
    return this.#live;
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  setLive(live: boolean): void {
    if (live === this.#live) return;
    this.#live = live;
    for (const listener of [...this.#listeners]) listener();
  }
}

/** Remote audio, played by the shell. */
export class RemoteAudioTrack extends RemoteTrackBase implements RemoteTrack {
  constructor(
    readonly source: "microphone" | "screen-audio",
    readonly stream: StreamId,
    private readonly levels: AudioLevels,
  ) {
    super();
    this.setLive(levels.live(stream));
  }

  level(): number {
    return this.live() ? this.levels.remote(this.stream) : 0;
  }

  attach(): () => void {
    return () => {};
  }

  close(): void {
    this.setLive(false);
    this.levels.setLive(this.stream, false);
  }
}

/** Remote video, decoded in the worker; the track may arrive after elements were attached. */
export class RemoteVideoTrack extends RemoteTrackBase implements RemoteTrack {
  #track: MediaStreamTrack | null = null;
  #elements = new AttachedElements();
  #stopReceiving: () => void;

  constructor(
    readonly source: VideoSource,
    readonly stream: StreamId,
    video: VideoWorker,
  ) {
    super();
    this.#stopReceiving = video.receive(stream, source, {
      track: (track) => {
        this.#track = track;
        this.#elements.replaceTrack(track);
      },
      live: (live) => this.setLive(live),
    });
  }

  level(): number {
    return 0;
  }

  attach(element: HTMLVideoElement): () => void {
    return this.#elements.attach(element, this.#track);
  }

  close(): void {
    this.#elements.clear();
    this.#stopReceiving();
    this.#track?.stop();
    this.#track = null;
    this.setLive(false);
  }
}
