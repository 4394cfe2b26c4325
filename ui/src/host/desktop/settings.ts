import { DEFAULT_SETTINGS, type Settings, type SettingsStore } from "../types";
import { type Shell, ShellError } from "./shell";

/**
 * The settings of the shell, with a copy for synchronous reads. A change is visible at once and saved in the background;
 * changes made meanwhile are saved together.
 */
export class DesktopSettings implements SettingsStore {
  readonly ready: Promise<void>;
  #settings: Settings = DEFAULT_SETTINGS;
  /** Server given on the command line, which overrides the setting in this run. */
  #serverOverride: string | null = null;
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
    this.#update({ ...this.#settings, ...patch });
    void this.#save();
  }

  subscribe(listener: (settings: Settings) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async chooseDownloadFolder(): Promise<void> {
    const downloadFolder = await this.shell.chooseDownloadFolder();
    // Saved by the shell already.
    if (downloadFolder !== null) this.#update({ ...this.#settings, downloadFolder });
  }

  /**
   * Makes `origin` the server of the following joins. A server of the command line is replaced until the app ends; the
   * setting stays as it is then.
   */
  async setServer(origin: string): Promise<void> {
    let saved: Settings;
    try {
      saved = await this.shell.setServer(origin);
    } catch (error) {
      // Used until the app ends.
      if (!(error instanceof ShellError && error.code === "not-saved")) throw error;
      saved = { ...this.#settings, serverUrl: origin };
    }
    if (this.#serverOverride !== null) this.#serverOverride = origin;
    const { serverUrl: _typed, ...unsaved } = this.#unsaved;
    this.#unsaved = unsaved;
    this.#update({ ...saved, ...unsaved });
  }

  async #load(): Promise<void> {
    // If the shell does not answer, the defaults stay.
    const [settings, server] = await Promise.allSettled([this.shell.getSettings(), this.shell.serverInfo()]);
    if (server.status === "fulfilled") this.#serverOverride = server.value.overridden;
    const saved = settings.status === "fulfilled" ? settings.value : this.#settings;
    this.#update({ ...saved, ...this.#unsaved });
  }

  async #save(): Promise<void> {
    if (this.#saving) return;
    this.#saving = true;
    try {
      while (Object.keys(this.#unsaved).length > 0) {
        const patch = this.#unsaved;
        this.#unsaved = {};
        await this.#savePatch(patch);
      }
    } finally {
      this.#saving = false;
    }
  }

  async #savePatch(patch: Partial<Settings>): Promise<void> {
    try {
      const saved = await this.shell.setSettings(patch);
      // As the shell stored it (for example a canonical address), overlaid with unsaved changes.
      this.#update({ ...saved, ...this.#unsaved });
    } catch (error) {
      // The change applies until the app ends. Not worth interrupting a call for.
      console.warn("settings not saved", error);
    }
  }

  #update(settings: Settings): void {
    this.#settings =
      this.#serverOverride === null ? settings : { ...settings, serverUrl: this.#serverOverride };
    for (const listener of [...this.#listeners]) listener(this.#settings);
  }
}
