import type { DeviceError, DeviceErrorCode, LocalTrack } from "../engine/types";
import { type OpenResult, openResult } from "./open-result";
import type { LocalDevice } from "./types";

export const DEVICE_OFF: LocalDevice = { status: "off", error: null, track: null };

/**
 * Delays before further attempts to open a device, in milliseconds. A device that another program (or this page before
 * its reload) is just releasing opens a moment later, and so does one that a busy machine did not start within the
 * browser's own ten seconds.
 */
export const RETRY_DELAYS_MS = [400, 1_600] as const;

/** Worth retrying. Denied permission and a missing device are final. */
const TRANSIENT_ERRORS: ReadonlySet<DeviceErrorCode> = new Set(["busy", "failed"]);

/** How long an interruption may outlast the return to the page before the device is opened again, in milliseconds. */
export const RESUME_AFTER_MS = 1_000;

export interface DeviceSwitchOptions {
  open(deviceId: string | null): Promise<LocalTrack>;
  /** The open device has to be closed before another is opened. */
  closesFirst(): boolean;
  /** Nobody sees the page at present. Phones take devices from such pages. */
  hidden(): boolean;
  /** Resolves after `ms`. */
  delay(ms: number): Promise<void>;
  /** `mute`: switched off, the device stays open and sends silence, so that it is back at once (microphones). */
  whenOff: "mute" | "stop";
  changed(device: LocalDevice): void;
  /** Send this track from now on; null: nothing. */
  send(track: LocalTrack | null): void;
  failed(error: DeviceError): void;
  /** This selection took effect: its device opened, or will be opened the next time. */
  selected(deviceId: string | null): void;
  /** Unplugged, or permission revoked, while open. `fallback` is used instead; null: none. */
  lost(fallback: LocalTrack | null): void;
}

/**
 * A microphone or a camera, with its on/off switch. Opening can take as long as a person needs to answer a permission
 * prompt. Meanwhile the person may press the switch, select another device, or leave: each of these starts a new
 * *generation*, and a track that opens for an old generation is stopped at once.
 *
 * Another device opens beside the open one, without a gap. Where that is impossible (`closesFirst`, or the new one is
 * busy, which may be because of ours), the open one is closed, and opened again if the new one fails.
 */
export class DeviceSwitch {
  #device: LocalDevice = DEVICE_OFF;
  #generation = 0;
  #wanted = false;
  #unsubscribe: (() => void) | null = null;
  /** The selection that the open device was opened for. */
  #openedSelection: string | null = null;
  /** As last passed to `selected`. */
  #announcedSelection: string | null;
  /** The generation whose device is being opened; 0 while none is. */
  #openingGeneration = 0;
  /** The system took the device while the page was hidden. */
  #takenWhileHidden = false;

  constructor(
    private readonly options: DeviceSwitchOptions,
    private selection: string | null,
  ) {
    this.#announcedSelection = selection;
  }

  get device(): LocalDevice {
    return this.#device;
  }

  /** On, although it is on: opens it again if it failed or is interrupted. */
  set(on: boolean): void {
    const { status } = this.#device;
    if (on === this.#wanted && !(on && (status === "error" || status === "interrupted"))) return;
    this.#wanted = on;
    if (!on) this.#turnOff();
    else if (status === "interrupted") void this.#open(true);
    else this.#turnOn();
  }

  /** While on, the device is replaced; otherwise it is opened the next time. */
  select(deviceId: string | null): void {
    this.selection = deviceId;
    if (this.#wanted) {
      void this.#open(this.options.closesFirst());
      return;
    }
    // Muted but open: closed now, so that the next `set(true)` opens the selected one.
    if (this.#device.track) this.stop();
    this.#announceSelection();
  }

  /** Opens the same device again, whose settings changed. A muted one opens at the next `set(true)`. */
  reopen(): void {
    if (!this.#device.track) return;
    if (this.#wanted) void this.#open(true);
    else this.stop();
  }

  /** The page is visible again: opens what the system took meanwhile, unless the system gives it back itself. */
  async resume(): Promise<void> {
    if (!this.#takenWhileHidden) return;
    if (this.#device.status === "error") {
      this.set(true);
      return;
    }
    const generation = this.#generation;
    await this.options.delay(RESUME_AFTER_MS);
    if (generation === this.#generation && this.#device.status === "interrupted") this.set(true);
  }

  /** Off and closed; an opening under way is cancelled. */
  stop(): void {
    this.#generation += 1;
    this.#wanted = false;
    this.#release();
    this.#publish(DEVICE_OFF);
    // What was selected last is opened the next time.
    this.#announceSelection();
  }

  #turnOn(): void {
    const { track } = this.#device;
    if (track) {
      track.setMuted(false);
      this.#publishOpen(track);
    } else {
      void this.#open(false);
    }
  }

  #turnOff(): void {
    const { track } = this.#device;
    // While a replacement is opening, the open device is no longer the selected one: stop both.
    if (track && this.options.whenOff === "mute" && this.#openedSelection === this.selection) {
      this.#generation += 1;
      track.setMuted(true);
      this.#publish({ status: "off", error: null, track });
    } else {
      this.stop();
    }
  }

  async #open(closeFirst: boolean): Promise<void> {
    const generation = ++this.#generation;
    this.#openingGeneration = generation;
    const { selection } = this;
    const replaced = this.#device.track ? { selection: this.#openedSelection } : null;
    if (closeFirst || !replaced) this.#closeForOpening();
    const result = await this.#openWithRetries(generation, selection);
    if (this.#isOutdated(generation, result)) return;
    if ("track" in result) {
      this.#openedSelection = selection;
      this.#use(result.track);
      this.#announceSelection();
    } else if (replaced) {
      await this.#returnTo(replaced.selection, generation, result.error);
    } else {
      this.selection = this.#announcedSelection;
      this.#fail(result.error);
    }
  }

  /** The selected device did not open: the previous one is used on, or again. */
  async #returnTo(selection: string | null, generation: number, error: DeviceError): Promise<void> {
    this.selection = selection;
    if (!this.#device.track) {
      const result = await this.#openWithRetries(generation, selection);
      if (this.#isOutdated(generation, result)) return;
      if ("error" in result) {
        this.#fail(result.error);
        return;
      }
      this.#use(result.track);
    }
    this.#openingGeneration = 0;
    // Last, because a device that is on again withdraws its error.
    this.options.failed(error);
  }

  async #openWithRetries(generation: number, deviceId: string | null): Promise<OpenResult<LocalTrack>> {
    for (const delay of RETRY_DELAYS_MS) {
      const result = await openResult(this.options.open(deviceId));
      if ("track" in result || !TRANSIENT_ERRORS.has(result.error.code)) return result;
      if (generation === this.#generation) {
        // It may be busy because of the one that is open here.
        if (this.#device.track) this.#closeForOpening();
        await this.options.delay(delay);
      }
      // Cancelled meanwhile: opening the camera again would turn its light on for nothing.
      if (generation !== this.#generation) return result;
    }
    return openResult(this.options.open(deviceId));
  }

  /** Stops a track that opened for an old generation. */
  #isOutdated(generation: number, result: OpenResult<LocalTrack>): boolean {
    if (generation === this.#generation) return false;
    if ("track" in result) result.track.stop();
    return true;
  }

  #use(track: LocalTrack): void {
    const previous = this.#device.track;
    this.#unsubscribe?.();
    const unsubscribe = [
      track.onEnded(() => void this.#onEnded(track)),
      track.onInterruption?.(() => this.#onInterruption(track)),
    ];
    this.#unsubscribe = () => {
      for (const end of unsubscribe) end?.();
    };
    this.#openingGeneration = 0;
    this.#takenWhileHidden = false;
    track.setMuted(false);
    this.options.send(track);
    this.#publishOpen(track);
    // Last, so that there is no gap in what is sent.
    previous?.stop();
  }

  #fail(error: DeviceError): void {
    this.#wanted = false;
    this.#openingGeneration = 0;
    const { code, detail } = error;
    this.#publish({ status: "error", error: { code, detail }, track: null });
    this.options.failed(error);
  }

  #onInterruption(track: LocalTrack): void {
    if (this.#device.track !== track || !this.#wanted) return;
    if (track.interrupted?.()) this.#takenWhileHidden = this.options.hidden();
    this.#publishOpen(track);
  }

  async #onEnded(track: LocalTrack): Promise<void> {
    if (this.#device.track !== track) return;
    // Another is being opened, for which WebKit ends this one.
    if (this.#openingGeneration === this.#generation) {
      this.#closeForOpening();
      return;
    }
    const wasOn = this.#wanted;
    const generation = ++this.#generation;
    this.#release();
    this.#publish({ ...DEVICE_OFF, status: wasOn ? "opening" : "off" });
    if (!wasOn) return;
    const result = await this.#openWithRetries(generation, null);
    if (this.#isOutdated(generation, result)) return;
    if ("track" in result) {
      this.#openedSelection = this.selection;
      this.#use(result.track);
      this.options.lost(result.track);
    } else {
      this.#takenWhileHidden = this.options.hidden();
      this.#fail(result.error);
      // After the error, whose notice this one replaces.
      this.options.lost(null);
    }
  }

  /** Nothing is sent until a device is open again. */
  #closeForOpening(): void {
    this.#release();
    this.#publish({ status: "opening", error: null, track: null });
  }

  #release(): void {
    this.#unsubscribe?.();
    this.#unsubscribe = null;
    const { track } = this.#device;
    if (!track) return;
    this.options.send(null);
    track.stop();
  }

  #announceSelection(): void {
    if (this.selection === this.#announcedSelection) return;
    this.#announcedSelection = this.selection;
    this.options.selected(this.selection);
  }

  #publishOpen(track: LocalTrack): void {
    const status = track.interrupted?.() ? "interrupted" : "on";
    this.#publish({ status, error: null, track });
  }

  #publish(device: LocalDevice): void {
    this.#device = device;
    this.options.changed(device);
  }
}
