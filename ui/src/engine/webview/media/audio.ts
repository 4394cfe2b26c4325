import { levelFromAmplitude } from "../../audio-level";
import { PageAudioContext } from "./page-audio-context";

/** The level of a track, 0–1. */
export interface Meter {
  level(): number;
  /** False while the browser suspends Web Audio: then the level is 0 whatever the track carries. */
  measures(): boolean;
  close(): void;
}

/**
 * Audio of all links of an engine: playback through one hidden audio element per remote track, the selected output
 * device, the autoplay policy, and one AudioContext for level meters.
 */
export class WebviewAudio {
  #context = new PageAudioContext();
  #elements = new Map<MediaStreamTrack, HTMLAudioElement>();
  #speaker: string | null = null;
  #blocked = new Set<HTMLAudioElement>();
  #listeners = new Set<() => void>();

  /** Plays `track` until the returned function is called. */
  play(track: MediaStreamTrack): () => void {
    const element = document.createElement("audio");
    element.hidden = true;
    element.autoplay = true;
    element.srcObject = new MediaStream([track]);
    document.body.append(element);
    this.#elements.set(track, element);
    if (this.#speaker !== null) void setSink(element, this.#speaker).catch(() => {});
    void this.#start(element);
    // Joining a call is a gesture, at which meters may start as well.
    this.#context.resume();
    return () => {
      element.srcObject = null;
      element.remove();
      this.#elements.delete(track);
      this.#setBlocked(element, false);
    };
  }

  async setSpeaker(deviceId: string | null): Promise<void> {
    this.#speaker = deviceId;
    await Promise.all([...this.#elements.values()].map((element) => setSink(element, deviceId ?? "")));
  }

  blocked(): boolean {
    return this.#blocked.size > 0;
  }

  /** Call in a user gesture: only then does the autoplay policy allow playback. */
  async unblock(): Promise<void> {
    this.#context.resume();
    await Promise.all([...this.#blocked].map((element) => this.#start(element)));
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Null where the level cannot be measured: without Web Audio, or where the context and the track have different
   * sample rates (Firefox with `privacy.resistFingerprinting`). Never throws: a meter must not cost the microphone.
   */
  meter(track: MediaStreamTrack): Meter | null {
    const context = this.#context.get();
    if (!context) return null;
    try {
      return this.#meterIn(context, track);
    } catch {
      return null;
    }
  }

  close(): void {
    for (const element of this.#elements.values()) {
      element.srcObject = null;
      element.remove();
    }
    this.#elements.clear();
    this.#blocked.clear();
    this.#context.close();
  }

  async #start(element: HTMLAudioElement): Promise<void> {
    try {
      await element.play();
      this.#setBlocked(element, false);
    } catch (error) {
      // Any other error, such as AbortError, means that the element was removed meanwhile.
      if (error instanceof DOMException && error.name === "NotAllowedError") this.#setBlocked(element, true);
    }
  }

  #setBlocked(element: HTMLAudioElement, blocked: boolean): void {
    const before = this.blocked();
    if (blocked && element.isConnected) this.#blocked.add(element);
    else this.#blocked.delete(element);
    if (before !== this.blocked()) for (const listener of [...this.#listeners]) listener();
  }

  #meterIn(context: AudioContext, track: MediaStreamTrack): Meter {
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
        return levelFromAmplitude(Math.sqrt(sum / samples.length));
      },
      measures: () => this.#context.running,
      close: () => {
        source.disconnect();
        analyser.disconnect();
      },
    };
  }
}

function setSink(element: HTMLAudioElement, deviceId: string): Promise<void> {
  return element.setSinkId?.(deviceId) ?? Promise.resolve();
}
