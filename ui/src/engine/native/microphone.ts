import type { LocalTrack } from "../types";
import type { AudioLevels } from "./audio-levels";
import type { NativeCommand, NativeMicrophone, StreamId } from "./bridge";

/** A microphone that is open in the shell; its audio does not reach the page. */
export class Microphone implements LocalTrack {
  readonly source = "microphone";
  readonly stream: StreamId;
  readonly label: string;
  readonly deviceId: string | null;
  #muted = false;
  #stopped = false;
  #ended = new Set<() => void>();

  constructor(
    opened: NativeMicrophone,
    private readonly levels: AudioLevels,
    private readonly send: (command: NativeCommand) => void,
    private readonly onStopped: (microphone: Microphone) => void,
  ) {
    this.stream = opened.stream;
    this.label = opened.label;
    this.deviceId = opened.deviceId;
  }

  setMuted(muted: boolean): void {
    if (muted === this.#muted || this.#stopped) return;
    this.#muted = muted;
    this.send({ type: "mute", stream: this.stream, muted });
  }

  level(): number {
    return this.#muted || this.#stopped ? 0 : this.levels.microphone();
  }

  inputLevel(): number {
    return this.#stopped ? 0 : this.levels.input();
  }

  measuresLevel(): boolean {
    return !this.#stopped && this.levels.current();
  }

  attach(): () => void {
    return () => {};
  }

  onEnded(listener: () => void): () => void {
    this.#ended.add(listener);
    return () => this.#ended.delete(listener);
  }

  /** The shell lost the device. */
  end(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.onStopped(this);
    for (const listener of [...this.#ended]) listener();
  }

  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.onStopped(this);
    this.send({ type: "close-microphone", stream: this.stream });
  }
}
