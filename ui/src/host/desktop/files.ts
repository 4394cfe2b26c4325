import { Channel } from "@tauri-apps/api/core";
import * as v from "valibot";
import type { FileDrag, FilesEvent, FilesHost, TransferEntry, TransferKey } from "../files";
import { checkFileDrag, checkFilesEvent, MAX_ENTRIES, transferEntries } from "./files-check";
import { invokeShell, ShellError } from "./shell";

/** Limit of commands queued for the shell, which handles each within a millisecond. Further ones are dropped. */
export const MAX_QUEUED = 512;

type Invoke = (command: string, args?: Record<string, unknown>) => Promise<unknown>;
/** Makes the channel over which the shell sends events. */
type OpenChannel = (listener: (value: unknown) => void) => unknown;

type Action = "pause" | "resume" | "cancel" | "retry" | "forget" | "reveal";

/** File transfers, which are in the shell (`crates/files`): they go on when this page is reloaded. */
export class ShellFiles implements FilesHost {
  readonly canSendFolders = true;
  readonly canChooseFolder = true;
  readonly reveals = "folder";
  #commands: Promise<unknown> = Promise.resolve();
  #queued = 0;
  #listeners = new Set<(event: FilesEvent) => void>();
  #dragListeners = new Set<(drag: FileDrag) => void>();
  /** Number of subscriptions in the shell, of which only the last one is used. */
  #subscriptions = 0;
  #subscribedDrags = false;

  constructor(
    private readonly invoke: Invoke = invokeShell,
    private readonly openChannel: OpenChannel = (listener) => new Channel<unknown>(listener),
  ) {}

  async pick(kind: "files" | "folder", to: string[]): Promise<void> {
    await this.invoke("files_pick", { kind, to });
  }

  async offerDropped(token: string, to: string[]): Promise<void> {
    await this.invoke("files_offer_dropped", { token, to });
  }

  async accept(id: string, where: "default" | "ask"): Promise<void> {
    await this.invoke("files_accept", { id, ask: where === "ask", byRule: false });
  }

  async acceptByRule(id: string): Promise<void> {
    await this.invoke("files_accept", { id, ask: false, byRule: true });
  }

  decline(id: string): void {
    this.#enqueue("files_decline", { id });
  }

  pause(transfer: TransferKey): void {
    this.#control("pause", transfer);
  }

  resume(transfer: TransferKey): void {
    this.#control("resume", transfer);
  }

  cancel(transfer: TransferKey): void {
    this.#control("cancel", transfer);
  }

  retry(transfer: TransferKey): void {
    this.#control("retry", transfer);
  }

  forget(transfer: TransferKey): void {
    this.#control("forget", transfer);
  }

  /** Not queued: it waits for the file manager. */
  async reveal({ id, direction }: TransferKey): Promise<void> {
    await this.invoke("files_control", { action: "reveal", id, direction });
  }

  async entries({ id, direction }: TransferKey, first: number, count: number): Promise<TransferEntry[]> {
    const answer = await this.invoke("files_entries", {
      id,
      direction,
      first,
      count: Math.min(count, MAX_ENTRIES),
    });
    const result = v.safeParse(transferEntries, answer);
    if (result.success) return result.output;
    throw new ShellError("not-understood", v.summarize(result.issues).slice(0, 500));
  }

  /** Rejects if the shell finds no picture that it decodes. */
  async thumbnail({ id, direction }: TransferKey): Promise<Blob | null> {
    const png = await this.invoke("files_thumbnail", { id, direction });
    return png instanceof ArrayBuffer ? new Blob([png], { type: "image/png" }) : null;
  }

  setCallActive(active: boolean): void {
    this.#enqueue("files_call_active", { active });
  }

  /** Every new subscription begins with all transfers, also for the earlier listeners. */
  subscribe(listener: (event: FilesEvent) => void): () => void {
    this.#listeners.add(listener);
    this.#subscriptions += 1;
    const subscription = this.#subscriptions;
    const channel = this.openChannel((value) => {
      if (subscription !== this.#subscriptions) return;
      const event = checkFilesEvent(value);
      if (event) for (const each of [...this.#listeners]) each(event);
      else console.warn("unknown event of file transfers");
    });
    this.#enqueue("files_subscribe", { channel });
    return () => this.#listeners.delete(listener);
  }

  subscribeDrags(listener: (drag: FileDrag) => void): () => void {
    this.#dragListeners.add(listener);
    if (!this.#subscribedDrags) {
      this.#subscribedDrags = true;
      const channel = this.openChannel((value) => {
        const drag = checkFileDrag(value);
        if (drag) for (const each of [...this.#dragListeners]) each(drag);
        else console.warn("unknown event of a drag");
      });
      this.#enqueue("files_drags", { channel });
    }
    return () => this.#dragListeners.delete(listener);
  }

  #control(action: Action, { id, direction }: TransferKey): void {
    this.#enqueue("files_control", { action, id, direction });
  }

  /** One after the other: the shell runs commands concurrently, and a resume must not overtake a pause. */
  #enqueue(command: string, args: Record<string, unknown>): void {
    if (this.#queued >= MAX_QUEUED) {
      console.warn(`${command} dropped: too many commands are queued for the shell`);
      return;
    }
    this.#queued += 1;
    this.#commands = this.#commands.then(async () => {
      await this.#send(command, args);
      this.#queued -= 1;
    });
  }

  async #send(command: string, args: Record<string, unknown>): Promise<void> {
    try {
      await this.invoke(command, args);
    } catch (error) {
      // The transfer keeps its state, and the person sees it.
      console.warn(command, error);
    }
  }
}
