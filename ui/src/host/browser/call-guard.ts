import type { CallGuard } from "../types";

/** Marks the history entry that Back leaves first. */
const MARK = "maru-call";

/**
 * Keeps a call from ending by an accident. The browser itself asks before the page is reloaded, closed or left. Back asks
 * too, in the page: the call has a history entry of its own, so that Back arrives at another entry of the same page.
 *
 * After Back no entry is added before the person answers: browsers skip entries that were added without a click.
 */
export class CallGuards {
  #onBack: (() => void) | null = null;
  /** Going back from the entry of a call that has ended. */
  #returning = false;

  constructor(private readonly page: Window = window) {
    page.addEventListener("popstate", () => {
      if (this.#returning) {
        this.#returning = false;
        if (this.#onBack) this.#addEntry();
      } else if (this.#onBack && !this.#isOnEntry()) {
        this.#onBack();
      }
    });
  }

  start(onBack: () => void): CallGuard {
    this.#onBack = onBack;
    // Only during a call: pages with such a listener are not kept for Back by some browsers.
    this.page.addEventListener("beforeunload", ask);
    if (!this.#returning) this.#addEntry();
    return {
      stay: () => this.#addEntry(),
      release: () => {
        if (this.#onBack !== onBack) return;
        this.#onBack = null;
        this.page.removeEventListener("beforeunload", ask);
        // Otherwise the next Back would seem to do nothing.
        if (!this.#isOnEntry() || this.#returning) return;
        this.#returning = true;
        this.page.history.back();
      },
    };
  }

  #isOnEntry(): boolean {
    return this.page.history.state === MARK;
  }

  #addEntry(): void {
    // It is there already after a reload, and after Forward.
    if (!this.#isOnEntry()) this.page.history.pushState(MARK, "");
  }
}

function ask(event: BeforeUnloadEvent): void {
  event.preventDefault();
  // Chromium before 119 and Safari know only this.
  event.returnValue = true;
}
