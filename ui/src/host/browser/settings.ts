import * as v from "valibot";
import { keepStored, readStored } from "../page-storage";
import { DEFAULT_SETTINGS, type Settings, type SettingsStore } from "../types";

const KEY = "maru.settings";

const id = v.nullable(v.pipe(v.string(), v.maxLength(512)));

/** Each field alone: one that an older or newer version wrote differently does not lose the others. */
const FIELDS = {
  name: v.pipe(v.string(), v.maxLength(256)),
  language: v.picklist(["system", "ko", "en"]),
  theme: v.picklist(["system", "dark", "light"]),
  sounds: v.boolean(),
  microphoneOn: v.boolean(),
  cameraOn: v.boolean(),
  microphoneId: id,
  cameraId: id,
  speakerId: id,
  echoCancellation: v.boolean(),
  noiseSuppression: v.boolean(),
  gainControl: v.boolean(),
  screenContent: v.picklist(["text", "motion"]),
  serverUrl: v.pipe(v.string(), v.maxLength(2048)),
} satisfies { [K in keyof Settings]: v.GenericSchema<unknown, Settings[K]> };

/** What of `stored` is usable; defaults for the rest. */
export function readSettings(stored: string | null): Settings {
  let values: unknown;
  try {
    values = JSON.parse(stored ?? "null");
  } catch {
    values = null;
  }
  if (typeof values !== "object" || values === null) return DEFAULT_SETTINGS;
  const known: Record<string, unknown> = {};
  for (const [key, schema] of Object.entries(FIELDS)) {
    const result = v.safeParse(schema, (values as Record<string, unknown>)[key]);
    if (result.success) known[key] = result.output;
  }
  return { ...DEFAULT_SETTINGS, ...known };
}

/** Settings in localStorage; in memory alone where a browser forbids that (private windows, full quota). */
export class BrowserSettings implements SettingsStore {
  readonly ready = Promise.resolve();
  #settings: Settings;
  #listeners = new Set<(settings: Settings) => void>();

  constructor(private readonly storage?: () => Storage) {
    this.#settings = readSettings(readStored(KEY, this.storage));
    // Another tab of the same browser: the theme follows, the next `set` does not undo what it wrote.
    addEventListener("storage", (event) => {
      if (event.key !== KEY) return;
      this.#settings = readSettings(event.newValue);
      this.#announce();
    });
  }

  get(): Settings {
    return this.#settings;
  }

  set(patch: Partial<Settings>): void {
    this.#settings = { ...this.#settings, ...patch };
    keepStored(KEY, JSON.stringify(this.#settings), this.storage);
    this.#announce();
  }

  subscribe(listener: (settings: Settings) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #announce(): void {
    for (const listener of [...this.#listeners]) listener(this.#settings);
  }
}
