import type { DeviceError, Devices, LocalTrack } from "../engine/types";
import { attempt, DEVICE_OFF } from "./local-device";
import type { LocalDevice } from "./types";

export interface ScreenSlot {
  changed(device: LocalDevice): void;
  send(source: "screen" | "screen-audio", track: LocalTrack | null): void;
  failed(error: DeviceError): void;
}

/** A shared screen and its sound: picked anew each time, ended from here or from the browser's own bar. */
export class ScreenShare {
  #device: LocalDevice = DEVICE_OFF;
  #audio: LocalTrack | null = null;
  #generation = 0;

  constructor(
    private readonly devices: Devices,
    private readonly slot: ScreenSlot,
  ) {}

  get device(): LocalDevice {
    return this.#device;
  }

  async start(content: "text" | "motion"): Promise<void> {
    if (this.#device.status === "opening" || this.#device.status === "on") return;
    const generation = ++this.#generation;
    this.#publish({ status: "opening", error: null, track: null });
    const result = await attempt(this.devices.openScreen(content));
    if (generation !== this.#generation) {
      if ("track" in result) {
        result.track.video.stop();
        result.track.audio?.stop();
      }
      return;
    }
    if ("error" in result) {
      const { code, detail } = result.error;
      // Dismissing the picker is an answer, not a problem.
      if (code === "cancelled") {
        this.#publish(DEVICE_OFF);
      } else {
        this.#publish({ status: "error", error: { code, detail }, track: null });
        this.slot.failed(result.error);
      }
      return;
    }
    const { video, audio } = result.track;
    this.#audio = audio;
    video.onEnded(() => {
      if (this.#device.track === video) this.stop();
    });
    audio?.onEnded(() => {
      if (this.#audio !== audio) return;
      this.#audio = null;
      this.slot.send("screen-audio", null);
    });
    this.slot.send("screen", video);
    if (audio) this.slot.send("screen-audio", audio);
    this.#publish({ status: "on", error: null, track: video });
  }

  stop(): void {
    this.#generation += 1;
    const { track } = this.#device;
    if (track) this.slot.send("screen", null);
    if (this.#audio) this.slot.send("screen-audio", null);
    track?.stop();
    this.#audio?.stop();
    this.#audio = null;
    this.#publish(DEVICE_OFF);
  }

  #publish(device: LocalDevice): void {
    this.#device = device;
    this.slot.changed(device);
  }
}
