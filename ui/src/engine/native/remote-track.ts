import type { RemoteTrack } from "../types";
import { ShownIn } from "../video-element";
import type { StreamId } from "./bridge";
import type { Sound } from "./sound";
import type { VideoWorker } from "./video-worker";
import type { VideoSource } from "./worker-messages";

export type NativeRemoteTrack = RemoteVoice | RemoteVideo;

/** What every remote track has: a stream, and whether anything comes. */
class Arriving {
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

/** Sound, played by the shell. */
export class RemoteVoice extends Arriving implements RemoteTrack {
  constructor(
    readonly source: "microphone" | "screen-audio",
    readonly stream: StreamId,
    private readonly sound: Sound,
  ) {
    super();
    this.setLive(sound.live(stream));
  }

  level(): number {
    return this.live() ? this.sound.remote(this.stream) : 0;
  }

  attach(): () => void {
    return () => {};
  }

  close(): void {
    this.setLive(false);
    this.sound.setLive(this.stream, false);
  }
}

/** A picture out of the worker; its track may come after the element that shows it. */
export class RemoteVideo extends Arriving implements RemoteTrack {
  #track: MediaStreamTrack | null = null;
  #shown = new ShownIn();
  #end: () => void;

  constructor(
    readonly source: VideoSource,
    readonly stream: StreamId,
    video: VideoWorker,
  ) {
    super();
    this.#end = video.receive(stream, source, {
      track: (track) => {
        this.#track = track;
        this.#shown.replace(track);
      },
      live: (live) => this.setLive(live),
    });
  }

  level(): number {
    return 0;
  }

  attach(element: HTMLVideoElement): () => void {
    return this.#shown.attach(element, this.#track);
  }

  close(): void {
    this.#shown.clear();
    this.#end();
    this.#track?.stop();
    this.#track = null;
    this.setLive(false);
  }
}
