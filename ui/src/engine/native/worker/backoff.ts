const INITIAL_MS = 250;
const MAX_MS = 8_000;

/** Exponential backoff whose first retry is immediate. Times in milliseconds. */
export class Backoff {
  #failures = 0;
  #notBefore = 0;

  isReady(now: number): boolean {
    return now >= this.#notBefore;
  }

  onFailure(now: number): void {
    if (this.#failures > 0) {
      this.#notBefore = now + Math.min(MAX_MS, INITIAL_MS * 2 ** (this.#failures - 1));
    }
    this.#failures = Math.min(this.#failures + 1, 16);
  }

  onSuccess(): void {
    this.#failures = 0;
  }
}
