import { isErrorCode } from "../../protocol/check";
import type { JoinRequest, Signaling, SignalingEvent, SignalingStatus } from "../types";
import type { Envelope } from "./envelope";
import { type Shell, ShellError } from "./shell";

/** Limit of commands queued for the shell, which answers each within a millisecond. Further signals are dropped. */
export const MAX_QUEUED = 512;

/**
 * The page's side of the signaling session in the shell.
 *
 * - Commands are sent one after the other: the shell runs them concurrently, and one offer must not overtake another.
 * - Every join and leave has a number, the `turn`, which the shell repeats in its envelopes. Events of an earlier turn
 *   are dropped, so that nothing arrives from a room that was just left.
 * - Every signal contains our ID as the page knows it. The shell may have joined again with another ID, which the page
 *   does not know yet; the signal would then belong to links that the others have closed.
 */
export class ShellSignaling implements Signaling {
  #turn = 0;
  #queued = 0;
  /** Our participant ID, as last received. */
  #self: string | null = null;
  #unloading = false;
  #commands: Promise<void>;
  #listeners = new Set<(event: SignalingEvent) => void>();
  #subscribed = false;

  /**
   * No command is sent before `ready` resolves. `onEvent` receives every event before the listeners do.
   */
  constructor(
    private readonly shell: Shell,
    ready: Promise<void>,
    private readonly onEvent: (event: SignalingEvent) => void,
  ) {
    // The call leaves the room when its page is unloaded. Not here: after a reload the page is in the room again, and
    // when the window closes, the shell leaves by itself.
    addEventListener("pagehide", () => {
      this.#unloading = true;
    });
    this.#commands = ready;
  }

  join(request: JoinRequest): void {
    const turn = ++this.#turn;
    this.#self = null;
    this.#setStatus({ kind: "connecting" });
    this.#enqueue(() =>
      this.shell.join(turn, request).catch((error: unknown) => this.#onRefused(error, turn)),
    );
  }

  leave(): void {
    if (this.#unloading) return;
    const turn = ++this.#turn;
    this.#self = null;
    this.#enqueue(() => this.shell.leave(turn).catch((error: unknown) => console.warn("leave", error)));
    this.#setStatus({ kind: "idle" });
  }

  signal(to: string, data: unknown): void {
    const from = this.#self;
    if (from === null) return;
    if (this.#queued >= MAX_QUEUED) {
      console.warn("signal dropped: too many commands are queued for the shell");
      return;
    }
    const turn = this.#turn;
    this.#enqueue(async () => {
      // The room was left while the signal was queued.
      if (turn !== this.#turn) return;
      await this.shell.signal(from, to, data).catch((error: unknown) => console.warn("signal", error));
    });
  }

  /** Not queued: it changes nothing about what was sent before. */
  retry(): void {
    this.shell.retry().catch((error: unknown) => console.warn("retry", error));
  }

  subscribe(listener: (event: SignalingEvent) => void): () => void {
    this.#listeners.add(listener);
    this.#subscribe();
    return () => this.#listeners.delete(listener);
  }

  /** Only once there is a listener: the first events contain the room that a reloaded page is in. */
  #subscribe(): void {
    if (this.#subscribed) return;
    this.#subscribed = true;
    this.#enqueue(() =>
      this.shell
        .subscribe((envelope) => this.#onEnvelope(envelope))
        .catch((error: unknown) => this.#onRefused(error, this.#turn)),
    );
  }

  #enqueue(command: () => Promise<void>): void {
    this.#queued += 1;
    this.#commands = this.#commands.then(command).finally(() => {
      this.#queued -= 1;
    });
  }

  #onEnvelope({ turn, event }: Envelope): void {
    if (turn === this.#turn) this.#emit(event);
  }

  #onRefused(error: unknown, turn: number): void {
    if (turn !== this.#turn) return;
    const known = error instanceof ShellError && isErrorCode(error.code);
    // The shell's own errors have no code of the protocol. A retry would not change any of them.
    this.#setStatus({
      kind: "refused",
      code: known ? error.code : "bad-message",
      detail: String(error),
    });
  }

  #setStatus(status: SignalingStatus): void {
    this.#emit({ type: "status", status });
  }

  #emit(event: SignalingEvent): void {
    if (event.type === "message" && event.message.type === "joined") this.#self = event.message.self;
    this.onEvent(event);
    for (const listener of [...this.#listeners]) listener(event);
  }
}
