/** What newer browsers have and the types lack (Web Audio 1.1 §1.2). */
type Context = AudioContext & { setSinkId?(sinkId: string): Promise<void> };

/** An AudioContext that plays on a selected loudspeaker, where the browser can do that. */
export class AudioOutput {
  readonly context: AudioContext = new AudioContext();
  /** Connect to this what is to be heard. */
  node: AudioNode = this.context.destination;
  #deviceId: string | null = null;
  #element: HTMLAudioElement | null = null;

  /** Resolves when the device is in use; null: it is already. One that cannot be used is replaced by the default. */
  select(deviceId: string | null): Promise<void> | null {
    if (deviceId === this.#deviceId) return null;
    this.#deviceId = deviceId;
    return this.#route(deviceId).catch(() => {
      this.#deviceId = null;
      return this.#route(null).catch(() => undefined);
    });
  }

  close(): void {
    this.#element?.pause();
    void this.context.close().catch(() => undefined);
  }

  async #route(deviceId: string | null): Promise<void> {
    const context: Context = this.context;
    if (context.setSinkId) return context.setSinkId(deviceId ?? "");
    this.node = context.destination;
    if (deviceId === null) return;
    // In Firefox only elements have an output device.
    this.#element ??= document.createElement("audio");
    const element = this.#element;
    if (!element.setSinkId) return;
    await element.setSinkId(deviceId);
    const destination = context.createMediaStreamDestination();
    element.srcObject = destination.stream;
    await element.play();
    this.node = destination;
  }
}
