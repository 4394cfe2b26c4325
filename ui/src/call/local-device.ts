import { DeviceError, type DeviceErrorCode, type LocalTrack } from "../engine/types";
import type { LocalDevice } from "./types";

export const DEVICE_OFF: LocalDevice = { status: "off", error: null, track: null };

/**
 * Pauses before another attempt, in milliseconds. A device that another program (or this page, before it was
 * reloaded) is just letting go of, or one that a loaded machine did not start within the browser's own ten
 * seconds, opens a moment later; a refusal at the first word would make the person press the button again.
 */
export const AGAIN_AFTER_MS = [400, 1_600] as const;

/** What passes by itself. The person's no, and a device that is not there, are answers. */
const MAY_PASS: ReadonlySet<DeviceErrorCode> = new Set(["busy", "failed"]);

export interface Slot {
  open(deviceId: string | null): Promise<LocalTrack>;
  /** Resolves after `ms`. */
  pause(ms: number): Promise<void>;
  /** `hold`: switched off it stays open and silent, so that it is back at once (a microphone). */
  whenOff: "hold" | "stop";
  changed(device: LocalDevice): void;
  /** Send this from now on. */
  send(track: LocalTrack | null): void;
  failed(error: DeviceError): void;
  /** The device just chosen did not open: it is this choice again, whose device is still in use. */
  chosenAgain(deviceId: string | null): void;
  /** Unplugged or revoked while open; `fallback` is what took its place. */
  lost(fallback: LocalTrack | null): void;
}

/**
 * A microphone or camera and its switch. Opening takes as long as a person needs to read a question, and
 * they may press the switch, choose another device or leave meanwhile: each of those starts a new
 * *generation*, and a device that opens for an old one is stopped at once.
 */
export class DeviceSwitch {
  #device: LocalDevice = DEVICE_OFF;
  #generation = 0;
  #wanted = false;
  #unwatch: (() => void) | null = null;
  /** Which choice the open device answers. */
  #openedFor: string | null = null;

  constructor(
    private readonly slot: Slot,
    private deviceId: string | null,
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

  /** Another device: swapped under the running call, kept for the next time otherwise. */
  select(deviceId: string | null): void {
    this.deviceId = deviceId;
    if (this.#wanted) void this.#open(this.#device.track === null);
    else if (this.#device.track) this.stop(); // Held silently: the next `set(true)` opens the other one.
  }

  /** Off, closed, nothing on its way. */
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
    // A swap under way means that the open device is no longer the chosen one.
    if (track && this.slot.whenOff === "hold" && this.#openedFor === this.deviceId) {
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
    const { deviceId } = this;
    const result = await this.#attempt(generation, deviceId);
    if (generation !== this.#generation) {
      if ("track" in result) result.track.stop();
      return;
    }
    if ("track" in result) {
      this.#openedFor = deviceId;
      this.#adopt(result.track);
    } else {
      this.slot.failed(result.error);
      // A swap that failed leaves the device that works.
      if (this.#device.track) {
        this.deviceId = this.#openedFor;
        this.slot.chosenAgain(this.deviceId);
        return;
      }
      this.#wanted = false;
      const { code, detail } = result.error;
      this.#publish({ status: "error", error: { code, detail }, track: null });
    }
  }

  async #attempt(
    generation: number,
    deviceId: string | null,
  ): Promise<{ track: LocalTrack } | { error: DeviceError }> {
    for (const pause of AGAIN_AFTER_MS) {
      const result = await attempt(this.slot.open(deviceId));
      if ("track" in result || !MAY_PASS.has(result.error.code)) return result;
      if (generation === this.#generation) await this.slot.pause(pause);
      // Nobody wants it any more: a camera whose light goes on for nobody would be worse than none.
      if (generation !== this.#generation) return result;
    }
    return attempt(this.slot.open(deviceId));
  }

  #adopt(track: LocalTrack): void {
    const old = this.#device.track;
    this.#unwatch?.();
    this.#unwatch = track.onEnded(() => void this.#ended(track));
    track.setMuted(false);
    this.slot.send(track);
    this.#publish({ status: "on", error: null, track });
    old?.stop(); // After the swap: senders never see a gap.
  }

  async #ended(track: LocalTrack): Promise<void> {
    if (this.#device.track !== track) return;
    const wasOn = this.#wanted;
    const generation = ++this.#generation;
    this.#release();
    this.#publish({ ...DEVICE_OFF, status: wasOn ? "opening" : "off" });
    if (!wasOn) return;
    const result = await this.#attempt(generation, null);
    if (generation !== this.#generation) {
      if ("track" in result) result.track.stop();
      return;
    }
    if ("track" in result) {
      this.#openedFor = this.deviceId;
      this.#adopt(result.track);
      this.slot.lost(result.track);
    } else {
      this.#wanted = false;
      this.#publish({
        status: "error",
        error: { code: result.error.code, detail: result.error.detail },
        track: null,
      });
      this.slot.lost(null);
    }
  }

  #release(): void {
    this.#unwatch?.();
    this.#unwatch = null;
    const { track } = this.#device;
    if (!track) return;
    this.slot.send(null);
    track.stop();
  }

  #publish(device: LocalDevice): void {
    this.#device = device;
    this.slot.changed(device);
  }
}

export async function attempt<T>(opening: Promise<T>): Promise<{ track: T } | { error: DeviceError }> {
  try {
    return { track: await opening };
  } catch (error) {
    return { error: error instanceof DeviceError ? error : new DeviceError("failed", String(error)) };
  }
}
