import { DeviceError, type DeviceErrorCode, type LocalTrack } from "../engine/types";
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

export interface DeviceSwitchOptions {
  open(deviceId: string | null): Promise<LocalTrack>;
  /** Resolves after `ms`. */
  delay(ms: number): Promise<void>;
  /** `mute`: switched off, the device stays open and sends silence, so that it is back at once (microphones). */
  whenOff: "mute" | "stop";
  changed(device: LocalDevice): void;
  /** Send this track from now on; null: nothing. */
  send(track: LocalTrack | null): void;
  failed(error: DeviceError): void;
  /** The selected device did not open: the selection is `deviceId` again, which is still in use. */
  selectionReverted(deviceId: string | null): void;
  /** Unplugged, or permission revoked, while open. `fallback` is used instead; null: none. */
  lost(fallback: LocalTrack | null): void;
}

/**
 * A microphone or a camera, with its on/off switch. Opening can take as long as a person needs to answer a permission
 * prompt. Meanwhile the person may press the switch, select another device, or leave: each of these starts a new
 * *generation*, and a track that opens for an old generation is stopped at once.
 */
export class DeviceSwitch {
  #device: LocalDevice = DEVICE_OFF;
  #generation = 0;
  #wanted = false;
  #unsubscribe: (() => void) | null = null;
  /** The selection that the open device was opened for. */
  #openedSelection: string | null = null;

  constructor(
    private readonly options: DeviceSwitchOptions,
    private selection: string | null,
  ) {}

  get device(): LocalDevice {
    return this.#device;
  }

  set(on: boolean): void {
    if (on === this.#wanted && !(on && this.#device.status === "error")) return;
    this.#wanted = on;
    if (on) this.#turnOn();
    else this.#turnOff();
  }

  /** While on, the device is replaced without a gap; otherwise it is opened the next time. */
  select(deviceId: string | null): void {
    this.selection = deviceId;
    if (this.#wanted) void this.#open(this.#device.track === null);
    // Muted but open: closed now, so that the next `set(true)` opens the selected one.
    else if (this.#device.track) this.stop();
  }

  /** Off and closed; an opening under way is cancelled. */
  stop(): void {
    this.#generation += 1;
    this.#wanted = false;
    this.#release();
    this.#publish(DEVICE_OFF);
  }

  #turnOn(): void {
    const { track } = this.#device;
    if (track) {
      track.setMuted(false);
      this.#publish({ status: "on", error: null, track });
    } else {
      void this.#open(true);
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

  async #open(showOpening: boolean): Promise<void> {
    const generation = ++this.#generation;
    if (showOpening) this.#publish({ status: "opening", error: null, track: this.#device.track });
    const { selection } = this;
    const result = await this.#openWithRetries(generation, selection);
    if (this.#isOutdated(generation, result)) return;
    if ("track" in result) {
      this.#openedSelection = selection;
      this.#use(result.track);
      return;
    }
    this.options.failed(result.error);
    // The previous device still works: keep it.
    if (this.#device.track) {
      this.selection = this.#openedSelection;
      this.options.selectionReverted(this.selection);
    } else {
      this.#fail(result.error);
    }
  }

  async #openWithRetries(generation: number, deviceId: string | null): Promise<OpenResult<LocalTrack>> {
    for (const delay of RETRY_DELAYS_MS) {
      const result = await openResult(this.options.open(deviceId));
      if ("track" in result || !TRANSIENT_ERRORS.has(result.error.code)) return result;
      if (generation === this.#generation) await this.options.delay(delay);
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
    this.#unsubscribe = track.onEnded(() => void this.#onEnded(track));
    track.setMuted(false);
    this.options.send(track);
    this.#publish({ status: "on", error: null, track });
    // Last, so that there is no gap in what is sent.
    previous?.stop();
  }

  #fail({ code, detail }: DeviceError): void {
    this.#wanted = false;
    this.#publish({ status: "error", error: { code, detail }, track: null });
  }

  async #onEnded(track: LocalTrack): Promise<void> {
    if (this.#device.track !== track) return;
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
      this.#fail(result.error);
      this.options.lost(null);
    }
  }

  #release(): void {
    this.#unsubscribe?.();
    this.#unsubscribe = null;
    const { track } = this.#device;
    if (!track) return;
    this.options.send(null);
    track.stop();
  }

  #publish(device: LocalDevice): void {
    this.#device = device;
    this.options.changed(device);
  }
}

type OpenResult<T> = { track: T } | { error: DeviceError };

/** A rejection as a value; errors of an unknown kind become `failed`. */
export async function openResult<T>(opening: Promise<T>): Promise<OpenResult<T>> {
  try {
    return { track: await opening };
  } catch (error) {
    return { error: error instanceof DeviceError ? error : new DeviceError("failed", String(error)) };
  }
}
