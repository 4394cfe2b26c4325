/**
 * The file transfers of the host, as the interface shows them: joined with the roster of the call, with what the person
 * decides here. Framework-free; publishes immutable snapshots.
 *
 * Inputs:
 * - from the interface: the methods
 * - from the host: `FilesEvent`
 * - from the call: who is there, and whether media runs
 */
import type { FileDrag, FilesHost, Transfer, TransferEntry, TransferKey } from "../host/files";
import { type AutoAcceptRule, newRule, ruleFor, rulesInForce, spend } from "./auto-accept";
import { type CallTransfer, isOver, joinRoster } from "./call-transfer";
import { isMediaRunning } from "./media-running";
import { Store } from "./store";
import { Thumbnails } from "./thumbnails";
import { keysOf, type TransferLine, updateLines } from "./transfer-lines";
import { keyOf, reduceTransfers } from "./transfers-reducer";
import type { CallStore, RemoteParticipant } from "./types";

/**
 * Transfers go on yielding for this long after media has stopped, in milliseconds: somebody who mutes their microphone
 * between two sentences would otherwise find the path full.
 */
const MEDIA_HOLD_MS = 10_000;

export interface TransfersState {
  /** In the order in which they were offered. */
  transfers: readonly CallTransfer[];
  /** Those with somebody in this call, for the chat. In the order in which they came, bounded (`MAX_TRANSFER_LINES`). */
  lines: readonly TransferLine[];
  autoAccept: readonly AutoAcceptRule[];
  /** The last request that the host could not carry out, until it is dismissed. */
  failure: TransferFailure | null;
}

export interface TransferFailure {
  /** `reveal-missing`: what was to be shown is no longer there. */
  action: "pick" | "drop" | "accept" | "reselect" | "reveal" | "reveal-missing" | "save";
  /** Technical, untranslated. */
  detail: string;
}

export class Transfers {
  #store = new Store<TransfersState>({ transfers: [], lines: [], autoAccept: [], failure: null });
  #reported: readonly Transfer[] = [];
  #participants: readonly RemoteParticipant[];
  /** Keys of offers that were accepted here and are not yet reported as such. */
  #accepted: ReadonlySet<string> = new Set();
  /** Keys of transfers that the person accepted with a click, since the page was loaded. */
  #byHand: ReadonlySet<string> = new Set();
  #thumbnails: Thumbnails;
  /** Keys of offers for which the rules were asked already. */
  #seen: ReadonlySet<string> = new Set();
  /** Keys of transfers that get no line: over when the call began, or the page was loaded; or they have, or had, one. */
  #past: ReadonlySet<string> = new Set();
  /** Identifies the call that the lines are of. */
  #joinedAt: number | null;
  #mediaRunning = false;
  #mediaTimer: ReturnType<typeof setTimeout> | undefined;
  #unsubscribe: (() => void)[];

  constructor(
    private readonly host: FilesHost,
    private readonly call: Pick<CallStore, "getState" | "subscribe">,
  ) {
    this.#thumbnails = new Thumbnails(host);
    // Also if there is none: after a reload of the page the host still has what it was set to before.
    this.#mediaRunning = isMediaRunning(call.getState());
    host.setCallActive(this.#mediaRunning);
    this.#participants = call.getState().participants;
    this.#joinedAt = call.getState().joinedAt;
    this.#unsubscribe = [
      call.subscribe(() => this.#onCall()),
      host.subscribe((event) => {
        this.#reported = reduceTransfers(this.#reported, event);
        if (event.type === "transfers") this.#past = keysOfPast(this.#reported);
        this.#onTransfers();
      }),
    ];
  }

  getState = (): TransfersState => this.#store.get();

  subscribe = (listener: () => void): (() => void) => this.#store.subscribe(listener);

  get canSendFolders(): boolean {
    return this.host.canSendFolders;
  }

  get canChooseFolder(): boolean {
    return this.host.canChooseFolder;
  }

  get reveals(): FilesHost["reveals"] {
    return this.host.reveals;
  }

  /** Opens the host's dialog, then offers what was selected. `to`: participant IDs. False if the host refused. */
  pick(kind: "files" | "folder", to: readonly string[]): Promise<boolean> {
    return this.#try("pick", () => this.host.pick(kind, [...to]));
  }

  /** False if the host refused. */
  offerDropped(token: string, to: readonly string[]): Promise<boolean> {
    return this.#try("drop", () => this.host.offerDropped(token, [...to]));
  }

  /** By the person. With "ask" it resolves when the dialog is closed, with or without a folder. */
  accept(transfer: TransferKey, where: "default" | "ask"): Promise<void> {
    this.#byHand = new Set([...this.#byHand, keyOf(transfer)]);
    return this.#accept(transfer, where === "ask", () => this.host.accept(transfer.id, where));
  }

  async #accept(transfer: TransferKey, asks: boolean, run: () => Promise<void>): Promise<void> {
    const key = keyOf(transfer);
    // A dialog may be cancelled: then the question stays.
    if (!asks) this.#setAccepted(new Set([...this.#accepted, key]));
    const succeeded = await this.#try("accept", run);
    if (!succeeded) this.#setAccepted(without(this.#accepted, key));
  }

  /** Opens the host's dialog for the files of a transfer that waits for them. */
  reselect = (transfer: TransferKey): Promise<boolean> =>
    this.#try("reselect", async () => this.host.reselect?.(plain(transfer)));

  decline(transfer: TransferKey): void {
    this.host.decline(transfer.id);
  }

  pause = (transfer: TransferKey): void => this.host.pause(plain(transfer));
  resume = (transfer: TransferKey): void => this.host.resume(plain(transfer));
  cancel = (transfer: TransferKey): void => this.host.cancel(plain(transfer));
  retry = (transfer: TransferKey): void => this.host.retry(plain(transfer));
  forget = (transfer: TransferKey): void => this.host.forget(plain(transfer));

  /** False if there is nothing to show, or the host has no program to show it. */
  reveal(transfer: TransferKey): Promise<boolean> {
    const failed = (code: unknown) =>
      this.reveals === "save" ? "save" : code === "missing" ? "reveal-missing" : "reveal";
    return this.#try(failed, () => this.host.reveal(plain(transfer)));
  }

  forgetFinished(): void {
    for (const transfer of this.getState().transfers) if (isOver(transfer)) this.forget(transfer);
  }

  entries(transfer: TransferKey, first: number, count: number): Promise<TransferEntry[]> {
    return this.host.entries(plain(transfer), first, count);
  }

  /** Only of a transfer that is a `picture`. Null if there is none. */
  thumbnail(transfer: CallTransfer): Promise<Blob | null> {
    return transfer.picture ? this.#thumbnails.get(transfer) : Promise.resolve(null);
  }

  subscribeDrags(listener: (drag: FileDrag) => void): () => void {
    return this.host.subscribeDrags(listener);
  }

  /** Offers of this participant (by key) of at most `maxBytes` are accepted from now on; null: none are. */
  setAutoAccept(participant: string, maxBytes: number | null): void {
    const others = this.getState().autoAccept.filter((rule) => rule.participant !== participant);
    const present = this.#participants.find(({ key }) => key === participant);
    this.#store.set({
      autoAccept: maxBytes === null || !present ? others : [...others, newRule(present, maxBytes)],
    });
  }

  dismissFailure = (): void => this.#store.set({ failure: null });

  /** For programs that outlive a call: tests. */
  close(): void {
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    clearTimeout(this.#mediaTimer);
  }

  #onCall(): void {
    const state = this.call.getState();
    this.#setMediaRunning(isMediaRunning(state));
    if (state.joinedAt !== this.#joinedAt) {
      this.#joinedAt = state.joinedAt;
      this.#past = keysOfPast(this.#reported);
      this.#store.set({ lines: [] });
    }
    if (state.participants === this.#participants) return;
    this.#participants = state.participants;
    this.#store.set({ autoAccept: rulesInForce(this.getState().autoAccept, this.#participants) });
    this.#publish();
  }

  #onTransfers(): void {
    const offered = new Set(this.#reported.filter(({ state }) => state === "offered").map(keyOf));
    this.#byHand = listedOf(this.#byHand, this.#reported);
    // Back to the question if the host could not prepare a folder.
    const refused = new Set(this.#reported.filter(({ code }) => code !== null).map(keyOf));
    this.#accepted = new Set([...this.#accepted].filter((key) => offered.has(key) && !refused.has(key)));
    const unseen = this.#reported.filter((transfer) => {
      const key = keyOf(transfer);
      return offered.has(key) && !this.#seen.has(key);
    });
    this.#seen = offered;
    this.#publish();
    for (const transfer of unseen) {
      const { autoAccept } = this.getState();
      const rule = ruleFor(transfer, autoAccept);
      if (!rule) continue;
      this.#store.set({ autoAccept: spend(autoAccept, rule, transfer.bytes) });
      void this.#accept(transfer, false, () => this.host.acceptByRule(transfer.id));
    }
  }

  #setAccepted(accepted: ReadonlySet<string>): void {
    this.#accepted = accepted;
    this.#publish();
  }

  #publish(): void {
    const { transfers: before, lines } = this.getState();
    const transfers = joinRoster(this.#reported, this.#participants, this.#accepted, this.#byHand, before);
    const { chat } = this.call.getState();
    const surroundings = { participants: this.#participants, chat, past: this.#past, now: Date.now() };
    const next = updateLines(lines, transfers, surroundings);
    if (next !== lines) {
      // One whose line was dropped does not get another.
      this.#past = listedOf([...this.#past, ...next.flatMap(keysOf)], transfers);
    }
    this.#store.set({ transfers, lines: next });
  }

  #setMediaRunning(running: boolean): void {
    if (running) {
      clearTimeout(this.#mediaTimer);
      this.#mediaTimer = undefined;
    }
    if (running === this.#mediaRunning) return;
    if (running) {
      this.#mediaRunning = true;
      this.host.setCallActive(true);
      return;
    }
    this.#mediaTimer ??= setTimeout(() => {
      this.#mediaTimer = undefined;
      this.#mediaRunning = false;
      this.host.setCallActive(false);
    }, MEDIA_HOLD_MS);
  }

  /** False if the host refused. `action`: what failed, or a function of the code of the error, if that has one. */
  async #try(
    action: TransferFailure["action"] | ((code: unknown) => TransferFailure["action"]),
    run: () => Promise<void>,
  ): Promise<boolean> {
    try {
      await run();
      return true;
    } catch (thrown) {
      const code = thrown instanceof Error && "code" in thrown ? thrown.code : undefined;
      this.#store.set({
        failure: {
          action: typeof action === "function" ? action(code) : action,
          detail: thrown instanceof Error ? thrown.message : String(thrown),
        },
      });
      return false;
    }
  }
}

/** Without the other fields of a transfer. */
function plain({ id, direction }: TransferKey): TransferKey {
  return { id, direction };
}

function without(keys: ReadonlySet<string>, removed: string): ReadonlySet<string> {
  return new Set([...keys].filter((key) => key !== removed));
}

/** The keys that a listed transfer has. */
function listedOf(keys: Iterable<string>, transfers: readonly TransferKey[]): ReadonlySet<string> {
  const listed = new Set(transfers.map(keyOf));
  return new Set([...keys].filter((key) => listed.has(key)));
}

function keysOfPast(transfers: readonly Transfer[]): ReadonlySet<string> {
  return new Set(transfers.filter(isOver).map(keyOf));
}
