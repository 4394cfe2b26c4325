/** Events that may give the page user activation (HTML §6.4.2), without which a context does not run. */
const GESTURES = ["pointerdown", "pointerup", "keydown"] as const;

/**
 * The page's AudioContext, which runs as soon as the browser allows it. A context that is created without a gesture is
 * suspended, also while a microphone is open; an incoming call on a phone interrupts it later. `resume` is therefore
 * called in every gesture until the context runs.
 */
export class PageAudioContext {
  #context: AudioContext | null = null;
  #listening = false;

  /** Null without Web Audio. */
  get(): AudioContext | null {
    if (!this.#context && typeof AudioContext !== "undefined") {
      try {
        this.#context = new AudioContext();
      } catch {
        return null; // Browsers limit how many contexts there are.
      }
      this.#context.addEventListener("statechange", () => this.#onState());
    }
    this.resume();
    return this.#context;
  }

  get running(): boolean {
    return this.#context?.state === "running";
  }

  /** Without effect before a gesture, after which it is called again. */
  resume(): void {
    if (!this.#context || this.running) return;
    this.#context.resume().catch(() => {});
    this.#onState();
  }

  close(): void {
    const context = this.#context;
    this.#context = null;
    this.#onState();
    void context?.close().catch(() => {});
  }

  #onState(): void {
    const needed = this.#context !== null && !this.running;
    if (needed === this.#listening) return;
    this.#listening = needed;
    // In the capture phase: a button may stop the propagation.
    for (const gesture of GESTURES) {
      if (needed) document.addEventListener(gesture, this.#onGesture, true);
      else document.removeEventListener(gesture, this.#onGesture, true);
    }
  }

  #onGesture = (): void => this.resume();
}
