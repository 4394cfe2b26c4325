import type { Device, Engine } from "../engine/types";

export interface SpeakerEvents {
  /** This selection took effect. */
  selected(deviceId: string | null): void;
  /** The selected device could not be used, and is not selected. */
  failed(): void;
  /** The selected device was removed; the system's default plays until it is back. */
  lost(): void;
  /** It plays again. */
  returned(): void;
}

/**
 * The loudspeaker that remote audio plays on. A browser goes on "playing" on one that was removed, silently (Audio
 * Output Devices API §2.2), so the list of devices decides which one is used.
 */
export class Speaker {
  /** Whether the selected device was listed; null before its first list. */
  #present: boolean | null = null;

  constructor(
    private readonly engine: Pick<Engine, "setSpeaker">,
    private selection: string | null,
    private readonly events: SpeakerEvents,
  ) {
    // A failure is not the person's choice: the list tells whether the device is there.
    if (selection !== null) engine.setSpeaker(selection).catch(() => this.#playOnDefault());
  }

  /** Null: the system's default. */
  select(deviceId: string | null): void {
    const previous = this.selection;
    this.selection = deviceId;
    this.#present = null;
    this.engine.setSpeaker(deviceId).then(
      () => {
        if (this.selection !== deviceId) return;
        this.#present = true;
        this.events.selected(deviceId);
      },
      () => {
        if (this.selection !== deviceId) return;
        this.selection = previous;
        this.engine.setSpeaker(previous).catch(() => this.#playOnDefault());
        this.events.failed();
      },
    );
  }

  /** Call whenever devices were listed. */
  onDevices(devices: readonly Device[]): void {
    const { selection } = this;
    // Without labels there is no permission yet, and the list is incomplete.
    if (selection === null || !devices.some(({ label }) => label !== "")) return;
    const before = this.#present;
    this.#present = devices.some(({ kind, id }) => kind === "speaker" && id === selection);
    if (this.#present === before) return;
    if (!this.#present) {
      this.#playOnDefault();
      // Absent from the start: the computer is elsewhere today. Then nothing changed that the person has to know.
      if (before) this.events.lost();
    } else if (before === false) {
      this.engine.setSpeaker(selection).then(
        () => this.events.returned(),
        () => this.#playOnDefault(),
      );
    }
  }

  #playOnDefault(): void {
    this.engine.setSpeaker(null).catch(() => {});
  }
}
