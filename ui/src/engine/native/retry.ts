const FIRST_MS = 250;
const LONGEST_MS = 8_000;

/** When something that keeps failing may be tried again: at once, then ever later. Times in milliseconds. */
export class Retry {
  #failures = 0;
  #notBefore = 0;

  ready(now: number): boolean {
    return now >= this.#notBefore;
  }

  failed(now: number): void {
    if (this.#failures > 0) {
      this.#notBefore = now + Math.min(LONGEST_MS, FIRST_MS * 2 ** (this.#failures - 1));
    }
    this.#failures = Math.min(this.#failures + 1, 16);
  }

  worked(): void {
    this.#failures = 0;
  }
}
