import { isErrorCode } from "../../protocol/check";
import type { JoinRequest, Signaling, SignalingEvent, SignalingStatus } from "../types";
import type { Envelope } from "./envelope";
import { type Shell, ShellError } from "./shell";

/** Signals that wait for the shell. It answers each within a millisecond; more than a burst is a defect. */
export const MAX_WAITING = 512;

/**
 * The signaling session that lives in the shell (`src-tauri/src/signaling/session`), seen from the page.
 *
 * Three things are settled here. Orders go one after the other, because commands run side by side and an
 * offer must not overtake another. Every join and leave has a number, its *turn*, which events carry
 * back: what was still under way from an earlier turn is dropped, so that a room that was just left cannot
 * say one more thing. And every signal says as whom it was said: the shell may be in the room again as
 * somebody else before the page hears of it, and the others have given up the links of who we were.
 */
export class ShellSignaling implements Signaling {
  #turn = 0;
  #waiting = 0;
  /** Who we are in the room, as far as the page has heard. */
  #self: string | null = null;
  #unloading = false;
  #orders: Promise<void>;
  #listeners = new Set<(event: SignalingEvent) => void>();
  #listening = false;

  /**
   * `ready` is waited for before anything is heard or ordered: who we are is in the settings. `first`
   * hears every event before the listeners do.
   */
  constructor(
    private readonly shell: Shell,
    ready: Promise<void>,
    private readonly first: (event: SignalingEvent) => void,
  ) {
    // A page that goes away leaves nothing: a reload finds its room again, and when the window closes the
    // shell says goodbye by itself.
    addEventListener("pagehide", () => {
      this.#unloading = true;
    });
    this.#orders = ready;
  }

  join(request: JoinRequest): void {
    const turn = ++this.#turn;
    this.#self = null;
    this.#status({ kind: "connecting" });
    this.#order(() => this.shell.join(turn, request).catch((error: unknown) => this.#refused(error, turn)));
  }

  leave(): void {
    if (this.#unloading) return;
    const turn = ++this.#turn;
    this.#self = null;
    this.#order(() => this.shell.leave(turn).catch((error: unknown) => console.warn("leave", error)));
    this.#status({ kind: "idle" });
  }

  signal(to: string, data: unknown): void {
    const from = this.#self;
    if (from === null) return;
    if (this.#waiting >= MAX_WAITING) {
      console.warn("signal dropped: the shell does not keep up");
      return;
    }
    const turn = this.#turn;
    this.#order(async () => {
      // Meant for a room that was left while it waited.
      if (turn !== this.#turn) return;
      await this.shell.signal(from, to, data).catch((error: unknown) => console.warn("signal", error));
    });
  }

  subscribe(listener: (event: SignalingEvent) => void): () => void {
    this.#listeners.add(listener);
    this.#listen();
    return () => this.#listeners.delete(listener);
  }

  /** Not before somebody listens: the first events tell a reloaded page which room it is in. */
  #listen(): void {
    if (this.#listening) return;
    this.#listening = true;
    this.#order(() =>
      this.shell
        .subscribe((envelope) => this.#heard(envelope))
        .catch((error: unknown) => this.#refused(error, this.#turn)),
    );
  }

  #order(run: () => Promise<void>): void {
    this.#waiting += 1;
    this.#orders = this.#orders.then(run).finally(() => {
      this.#waiting -= 1;
    });
  }

  #heard({ turn, event }: Envelope): void {
    if (turn === this.#turn) this.#emit(event);
  }

  #refused(error: unknown, turn: number): void {
    if (turn !== this.#turn) return;
    const known = error instanceof ShellError && isErrorCode(error.code);
    // The shell's own refusals have no code of the wire; none of them goes away by itself.
    this.#status({
      kind: "refused",
      code: known ? error.code : "bad-message",
      detail: String(error),
    });
  }

  #status(status: SignalingStatus): void {
    this.#emit({ type: "status", status });
  }

  #emit(event: SignalingEvent): void {
    if (event.type === "message" && event.message.type === "joined") this.#self = event.message.self;
    this.first(event);
    for (const listener of [...this.#listeners]) listener(event);
  }
}
