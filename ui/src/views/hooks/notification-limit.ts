import type { AppNotification } from "../../host/types";

/** Minimum time between two notifications, in milliseconds. */
export const NOTIFICATION_INTERVAL_MS = 5_000;

/**
 * Limits how often notifications are shown: anybody in the room can write as fast as they like. Of those that come too soon,
 * one is shown once the interval is over: the newest, but a message rather than an arrival.
 */
export class NotificationLimit {
  #shownAt = Number.NEGATIVE_INFINITY;
  #next: AppNotification | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly show: (notification: AppNotification) => void,
    private readonly now: () => number = Date.now,
  ) {}

  add(notification: AppNotification): void {
    if (this.#next?.kind !== "chat" || notification.kind === "chat") this.#next = notification;
    if (this.#timer !== undefined) return;
    const wait = this.#shownAt + NOTIFICATION_INTERVAL_MS - this.now();
    if (wait <= 0) this.#showNext();
    else this.#timer = setTimeout(() => this.#showNext(), wait);
  }

  /** Forgets the one that waits: the person looks at the window, or the call is over. */
  clear(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#next = null;
  }

  #showNext(): void {
    const next = this.#next;
    this.clear();
    if (!next) return;
    this.#shownAt = this.now();
    this.show(next);
  }
}
