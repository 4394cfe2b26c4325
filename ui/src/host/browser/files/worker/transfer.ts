/** One transfer as the worker knows it, and as the page shows it. */
import type { TransferEntry, Transfer as View } from "../../../files";
import type { Candidate, Direction, Entry, Offer, Progress } from "../endpoint";
import type { Destination } from "../storage/types";
import type { LinkKey } from "../worker-messages";
import { Rate } from "./rate";
import type { Source } from "./source";

export class Transfer {
  link: LinkKey | null = null;
  /** This side's half of the key, and the other's once it is accepted. */
  secrets: { own: string; partner: string | null };
  source: Source | null = null;
  destination: Destination | null = null;
  /** The disk failed: requests are dropped until it is mended. */
  stuck = false;
  /** When it is tried again, and after how long the next time, in milliseconds. */
  retry: ReturnType<typeof setTimeout> | undefined;
  retryMs = 3_000;
  /** Requests to the disk, one after the other. */
  queue: Promise<void> = Promise.resolve();
  /** The person has accepted it, and it is being prepared. */
  accepting = false;
  /** Why the download that this transfer goes to cannot go on, for which it is cancelled. */
  lostCode: string | null = null;
  /** Of the only file, of which all was sent. */
  sentHash: string | null = null;
  readonly failed = new Map<number, string>();
  readonly rate = new Rate();
  view: View;

  constructor(
    readonly direction: Direction,
    readonly offer: Offer,
    own: string,
    partner: string,
  ) {
    this.secrets = { own, partner: null };
    this.view = {
      id: offer.id,
      direction,
      batch: null,
      participant: null,
      partner,
      names: offer.names.map(({ path, folder = false, size = 0 }) => ({ name: path, folder, size })),
      files: offer.files,
      folders: offer.folders,
      bytes: offer.bytes,
      skipped: offer.skipped,
      state: "offered",
      paused: { here: false, there: false, problem: null, problemHere: false },
      code: null,
      transferred: 0,
      filesDone: 0,
      filesFailed: 0,
      filesPresent: 0,
      rate: null,
      secondsLeft: null,
      relayed: null,
      hash: null,
      canOpen: false,
      canRetry: false,
    };
  }

  get id(): string {
    return this.offer.id;
  }

  get isOver(): boolean {
    return ["done", "declined", "cancelled", "failed"].includes(this.view.state);
  }

  /** To find the partner on another connection; null without both secrets. */
  get candidate(): Candidate | null {
    const { own, partner } = this.secrets;
    if (partner === null || this.isOver) return null;
    const [sender, receiver] = this.direction === "send" ? [own, partner] : [partner, own];
    return { id: this.id, role: this.direction, sender, receiver };
  }

  onProgress(progress: Progress, now: number): void {
    const { view } = this;
    view.state = progress.state;
    view.paused = progress.paused;
    view.transferred = Math.max(view.transferred, progress.transferred);
    view.filesDone = Math.max(view.filesDone, progress.filesDone);
    view.filesFailed = Math.max(view.filesFailed, progress.filesFailed);
    view.filesPresent = progress.filesPresent;
    // What is there already says nothing about the path.
    const moved = Math.max(0, progress.transferred - progress.bytesPresent);
    if (progress.state === "active") this.rate.update(moved, now);
    else this.rate.reset();
    view.rate = this.rate.bytesPerSecond;
    view.secondsLeft = this.rate.secondsFor(progress.bytesLeft);
  }

  /** The disk keeps it from being resumed. */
  onProblem(problem: string): void {
    if (this.isOver) return;
    this.view.state = "paused";
    this.view.paused = { ...this.view.paused, problem, problemHere: true };
  }

  onEnded(outcome: "done" | "declined" | "cancelled", code: string | null): void {
    const { view } = this;
    this.link = null;
    delete view.reselect;
    Object.assign(view, { participant: null, relayed: null, rate: null, secondsLeft: null });
    view.paused = { here: false, there: false, problem: null, problemHere: false };
    view.canRetry = this.direction === "send" && outcome !== "declined" && this.failed.size > 0;
    if (outcome === "done") {
      view.filesFailed = Math.max(view.filesFailed, this.failed.size);
      view.filesDone = Math.max(0, view.files - view.filesFailed);
      if (view.filesFailed === 0) {
        view.transferred = view.bytes;
        // Shown once the receiver has verified all of it.
        view.hash ??= this.sentHash;
      }
      view.state = view.files > 0 && view.filesDone === 0 ? "failed" : "done";
      view.code = view.filesFailed > 0 ? ([...this.failed.values()][0] ?? null) : null;
      return;
    }
    const reason = this.lostCode ?? code;
    view.state = outcome === "cancelled" && reason !== "cancelled" ? "failed" : outcome;
    view.code = reason;
  }

  /** Waits for its partner. */
  onUnlinked(): void {
    this.link = null;
    this.rate.reset();
    Object.assign(this.view, { participant: null, relayed: null, rate: null, secondsLeft: null });
    if (this.isOver) return;
    this.view.paused = { ...this.view.paused, problem: null, problemHere: false };
    this.view.state = this.view.paused.here ? "paused" : "waiting";
  }

  /** For the list of entries: `arrived` is what is known of one of a transfer under way. */
  entry(number: number, arrived: { bytes: number } | "done" | { code: string } | null): TransferEntry | null {
    const entries: readonly Entry[] = this.source?.entries ?? this.destination?.entries ?? this.offer.names;
    const entry = entries[number];
    if (!entry) return null;
    const place = this.destination?.entries[number]?.place.join("/") ?? entry.path;
    const size = entry.size ?? 0;
    const shown = { entry: number, path: place, folder: entry.folder ?? false, size, code: null };
    const code =
      this.failed.get(number) ??
      (arrived && typeof arrived === "object" && "code" in arrived ? arrived.code : null);
    if (code) return { ...shown, state: "failed", code, transferred: 0 };
    if (arrived === "done" || this.view.state === "done")
      return { ...shown, state: "done", transferred: size };
    const bytes = arrived && typeof arrived === "object" && "bytes" in arrived ? arrived.bytes : 0;
    return { ...shown, state: bytes > 0 ? "active" : "waiting", transferred: bytes };
  }
}
