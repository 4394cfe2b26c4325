import type { DeviceError, Devices, LocalTrack } from "../engine/types";
import { DEVICE_OFF } from "./local-device";
import { openResult } from "./open-result";
import type { LocalDevice } from "./types";

export interface ScreenShareEvents {
  changed(device: LocalDevice): void;
  send(source: "screen" | "screen-audio", track: LocalTrack | null): void;
  failed(error: DeviceError): void;
}

/** A shared screen and its audio. Ends from here or from the browser's own "stop sharing" bar. */
export class ScreenShare {
  #device: LocalDevice = DEVICE_OFF;
  #audio: LocalTrack | null = null;
  #generation = 0;

  constructor(
    private readonly devices: Devices,
    private readonly events: ScreenShareEvents,
  ) {}

  get device(): LocalDevice {
    return this.#device;
  }

  async start(content: "text" | "motion"): Promise<void> {
    if (this.#device.status === "opening" || this.#device.status === "on") return;
    const generation = ++this.#generation;
    this.#publish({ status: "opening", error: null, track: null });
    const result = await openResult(this.devices.openScreen(content));
    if (generation !== this.#generation) {
      if ("track" in result) {
        result.track.video.stop();
        result.track.audio?.stop();
      }
      return;
    }
    if ("error" in result) {
      const { code, detail } = result.error;
      // Dismissing the picker is not an error.
      if (code === "cancelled") {
        this.#publish(DEVICE_OFF);
      } else {
        this.#publish({ status: "error", error: { code, detail }, track: null });
        this.events.failed(result.error);
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
      this.events.send("screen-audio", null);
    });
    this.events.send("screen", video);
    if (audio) this.events.send("screen-audio", audio);
    this.#publish({ status: "on", error: null, track: video });
  }

  stop(): void {
    this.#generation += 1;
    const { track } = this.#device;
    if (track) this.events.send("screen", null);
    if (this.#audio) this.events.send("screen-audio", null);
    track?.stop();
    this.#audio?.stop();
    this.#audio = null;
    this.#publish(DEVICE_OFF);
  }

  #publish(device: LocalDevice): void {
    this.#device = device;
    this.events.changed(device);
  }
}
