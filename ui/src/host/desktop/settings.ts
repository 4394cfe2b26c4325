import { DEFAULT_SETTINGS, type Settings, type SettingsStore } from "../types";
import type { Shell } from "./shell";

/**
 * The settings of the shell, with a copy here because views read them while they draw. A change shows at
 * once and is saved behind it; changes made while one is being saved are saved together.
 */
export class DesktopSettings implements SettingsStore {
  readonly ready: Promise<void>;
  #settings: Settings = DEFAULT_SETTINGS;
  /** The server of this run, whatever the settings say. */
  #server: string | null = null;
  #unsaved: Partial<Settings> = {};
  #saving = false;
  #listeners = new Set<(settings: Settings) => void>();

  constructor(private readonly shell: Shell) {
    this.ready = this.#load();
  }

  get(): Settings {
    return this.#settings;
  }

  set(patch: Partial<Settings>): void {
    this.#unsaved = { ...this.#unsaved, ...patch };
    this.#show({ ...this.#settings, ...patch });
    void this.#save();
  }

  subscribe(listener: (settings: Settings) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async #load(): Promise<void> {
    // Without an answer the defaults stay: an interface with the wrong theme is better than none.
    const [settings, server] = await Promise.allSettled([this.shell.getSettings(), this.shell.serverInfo()]);
    if (server.status === "fulfilled") this.#server = server.value.overridden;
    const saved = settings.status === "fulfilled" ? settings.value : this.#settings;
    this.#show({ ...saved, ...this.#unsaved });
  }

  async #save(): Promise<void> {
    if (this.#saving) return;
    this.#saving = true;
    try {
      while (Object.keys(this.#unsaved).length > 0) {
        const patch = this.#unsaved;
        this.#unsaved = {};
        await this.#saveOne(patch);
      }
    } finally {
      this.#saving = false;
    }
  }

  async #saveOne(patch: Partial<Settings>): Promise<void> {
    try {
      const saved = await this.shell.setSettings(patch);
      // As the shell has it (an address in canonical form, say), under what was changed meanwhile.
      this.#show({ ...saved, ...this.#unsaved });
    } catch (error) {
      // The change holds until the app ends. Nothing here is worth interrupting a call for.
      console.warn("settings not saved", error);
    }
  }

  #show(settings: Settings): void {
    this.#settings = this.#server === null ? settings : { ...settings, serverUrl: this.#server };
    for (const listener of [...this.#listeners]) listener(this.#settings);
  }
}
