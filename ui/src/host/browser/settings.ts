import { readStored, writeStored } from "../page-storage";
import { checkSettings } from "../settings-check";
import type { Settings, SettingsStore } from "../types";

const KEY = "maru.settings";

/** The usable part of `stored` (JSON), with defaults for the rest. A browser chooses the folder for downloads itself. */
export function readSettings(stored: string | null): Settings {
  try {
    return { ...checkSettings(JSON.parse(stored ?? "null")), downloadFolder: null };
  } catch {
    return checkSettings(null);
  }
}

/** Settings in `localStorage`; only in memory where the browser blocks it (private windows, full quota). */
export class BrowserSettings implements SettingsStore {
  readonly ready = Promise.resolve();
  #settings: Settings;
  #listeners = new Set<(settings: Settings) => void>();

  constructor(private readonly storage?: () => Storage) {
    this.#settings = readSettings(readStored(KEY, this.storage));
    // Changes in another tab: the theme follows, and the next `set` does not undo them.
    addEventListener("storage", (event) => {
      if (event.key !== KEY) return;
      this.#settings = readSettings(event.newValue);
      this.#notify();
    });
  }

  get(): Settings {
    return this.#settings;
  }

  set(patch: Partial<Settings>): void {
    this.#settings = { ...this.#settings, ...patch };
    writeStored(KEY, JSON.stringify(this.#settings), this.storage);
    this.#notify();
  }

  subscribe(listener: (settings: Settings) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #notify(): void {
    for (const listener of [...this.#listeners]) listener(this.#settings);
  }
}
