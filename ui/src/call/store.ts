/** Holds an immutable value and notifies listeners when it changes. */
export class Store<T extends object> {
  #value: T;
  #listeners = new Set<() => void>();

  constructor(value: T) {
    this.#value = value;
  }

  get(): T {
    return this.#value;
  }

  /** Replaces fields; notifies nobody if none of them changed. */
  set(patch: Partial<T>): void {
    const changed = (Object.keys(patch) as (keyof T)[]).some(
      (key) => !Object.is(this.#value[key], patch[key]),
    );
    if (!changed) return;
    this.#value = { ...this.#value, ...patch };
    for (const listener of [...this.#listeners]) listener();
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
