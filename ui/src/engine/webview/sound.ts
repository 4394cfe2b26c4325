import { perceivedAmplitude } from "../loudness";

/**
 * Everything that is heard or metered: one audio context for levels, one hidden audio element per remote
 * voice, the chosen loudspeaker, and what autoplay rules make of it.
 */
export class Sound {
  #context: AudioContext | null = null;
  #elements = new Map<MediaStreamTrack, HTMLAudioElement>();
  #speaker: string | null = null;
  #waiting = new Set<HTMLAudioElement>();
  #listeners = new Set<() => void>();

  /** Plays `track` until the returned function is called. */
  play(track: MediaStreamTrack): () => void {
    const element = document.createElement("audio");
    element.hidden = true;
    element.autoplay = true;
    element.srcObject = new MediaStream([track]);
    document.body.append(element);
    this.#elements.set(track, element);
    if (this.#speaker !== null) void route(element, this.#speaker).catch(() => {});
    void this.#start(element);
    return () => {
      element.srcObject = null;
      element.remove();
      this.#elements.delete(track);
      this.#setWaiting(element, false);
    };
  }

  async setSpeaker(deviceId: string | null): Promise<void> {
    this.#speaker = deviceId;
    await Promise.all([...this.#elements.values()].map((element) => route(element, deviceId ?? "")));
  }

  blocked(): boolean {
    return this.#waiting.size > 0;
  }

  /** From a click: the browser lets everything play now. */
  async unblock(): Promise<void> {
    await Promise.all([
      this.#context?.resume(),
      ...[...this.#waiting].map((element) => this.#start(element)),
    ]);
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Level of a track, 0–1, and what stops metering it. Null where there is no Web Audio. */
  meter(track: MediaStreamTrack): { level(): number; close(): void } | null {
    const context = this.#audioContext();
    if (!context) return null;
    const source = context.createMediaStreamSource(new MediaStream([track]));
    const analyser = context.createAnalyser();
    analyser.fftSize = 512; // 11 ms at 48 kHz: short enough to follow speech.
    source.connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    return {
      level: () => {
        analyser.getFloatTimeDomainData(samples);
        let sum = 0;
        for (const sample of samples) sum += sample * sample;
        return perceivedAmplitude(Math.sqrt(sum / samples.length));
      },
      close: () => {
        source.disconnect();
        analyser.disconnect();
      },
    };
  }

  close(): void {
    for (const element of this.#elements.values()) {
      element.srcObject = null;
      element.remove();
    }
    this.#elements.clear();
    this.#waiting.clear();
    void this.#context?.close().catch(() => {});
    this.#context = null;
  }

  async #start(element: HTMLAudioElement): Promise<void> {
    try {
      await element.play();
      this.#setWaiting(element, false);
    } catch (error) {
      // AbortError: the element was removed meanwhile.
      if (error instanceof DOMException && error.name === "NotAllowedError") this.#setWaiting(element, true);
    }
  }

  #setWaiting(element: HTMLAudioElement, waiting: boolean): void {
    const before = this.blocked();
    if (waiting && element.isConnected) this.#waiting.add(element);
    else this.#waiting.delete(element);
    if (before !== this.blocked()) for (const listener of [...this.#listeners]) listener();
  }

  #audioContext(): AudioContext | null {
    if (!this.#context && typeof AudioContext !== "undefined") this.#context = new AudioContext();
    if (this.#context?.state === "suspended") void this.#context.resume().catch(() => {});
    return this.#context;
  }
}

function route(element: HTMLAudioElement, deviceId: string): Promise<void> {
  return element.setSinkId?.(deviceId) ?? Promise.resolve();
}
