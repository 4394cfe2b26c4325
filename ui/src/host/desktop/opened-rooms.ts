import type { OpenedRoom } from "../types";
import type { Shell } from "./shell";

/** What the command line asks to open, from the shell. The last is kept until somebody listens. */
export class OpenedRooms {
  #pending: OpenedRoom | null = null;
  #listeners = new Set<(opened: OpenedRoom) => void>();
  #subscribed = false;

  constructor(private readonly shell: Pick<Shell, "onOpened">) {}

  subscribe(listener: (opened: OpenedRoom) => void): () => void {
    this.#listeners.add(listener);
    if (!this.#subscribed) {
      this.#subscribed = true;
      // Without it, a second start only shows the window.
      this.shell
        .onOpened((opened) => this.#onOpened(opened))
        .catch((error: unknown) => console.warn("links", error));
    }
    const pending = this.#pending;
    this.#pending = null;
    if (pending) listener(pending);
    return () => this.#listeners.delete(listener);
  }

  #onOpened(opened: OpenedRoom): void {
    if (this.#listeners.size === 0) this.#pending = opened;
    for (const listener of [...this.#listeners]) listener(opened);
  }
}
