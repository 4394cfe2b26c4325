/**
 * Keeps the screen on with the Screen Wake Lock API. The browser releases the lock whenever the page is hidden, so it is
 * requested again when the page is visible. A browser without the API, or one that refuses (low battery), lets the screen
 * turn off.
 */
export class ScreenWakeLock {
  #wanted = false;
  #lock: WakeLockSentinel | null = null;
  #requesting = false;

  constructor() {
    document.addEventListener("visibilitychange", () => void this.#request());
  }

  set(wanted: boolean): void {
    this.#wanted = wanted;
    if (wanted) void this.#request();
    else this.#release();
  }

  async #request(): Promise<void> {
    const held = this.#lock !== null && !this.#lock.released;
    const { wakeLock } = navigator as Partial<Navigator>;
    if (!wakeLock || !this.#wanted || this.#requesting || held || document.visibilityState !== "visible")
      return;
    this.#requesting = true;
    try {
      this.#lock = await wakeLock.request("screen");
    } catch {
      // Refused. The next time that the page becomes visible is another try.
    } finally {
      this.#requesting = false;
    }
    // The call may have ended meanwhile.
    if (!this.#wanted) this.#release();
  }

  #release(): void {
    const lock = this.#lock;
    this.#lock = null;
    lock?.release().catch(() => undefined);
  }
}
