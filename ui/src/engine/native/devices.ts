import { CAMERA, openDisplay, openUserMedia, stopAll } from "../capture";
import {
  type CaptureLack,
  type Device,
  DeviceError,
  type DeviceRefusal,
  type Devices,
  type EngineProblem,
  type LocalTrack,
} from "../types";
import type { NativeBridge, NativeCommand, NativeDeviceFailure, StreamId } from "./bridge";
import { Microphone } from "./microphone";
import type { Sound } from "./sound";
import { VideoTrack } from "./video-track";
import type { VideoWorker } from "./video-worker";

/** What is missing for sending pictures, in words for the details drawer. */
const MISSING: Partial<Record<EngineProblem, string>> = {
  "no-video-worker": "the video worker did not start",
  "no-frame-access": "MediaStreamTrackProcessor is missing in workers",
  "no-vp8-encoder": "no VP8 encoder (WebCodecs; on Linux GStreamer's vp8enc)",
};

/** WebKitGTK 2.50 gives the portal 10 ms for each answer; on a busy computer, silence is "no camera" to it. */
const CAMERA_ATTEMPTS = 3;

/** Microphones and loudspeakers of the shell, cameras and screens of the webview. */
export class NativeDevices implements Devices {
  #listeners = new Set<() => void>();
  #microphone: Microphone | null = null;
  /** Replaced in the shell by a later one, and not stopped yet. */
  #replaced: Microphone | null = null;
  #pending = 0;
  /** Openings replace one another in the shell, so they must get there in the order they were asked for. */
  #opening: Promise<unknown> = Promise.resolve();
  #streams = 0;

  constructor(
    private readonly bridge: NativeBridge,
    private readonly order: (command: NativeCommand) => void,
    private readonly sound: Sound,
    private readonly video: VideoWorker,
    /** Known from the start. */
    private readonly lacks: readonly CaptureLack[],
  ) {}

  /** Why no picture can be sent from here; null where one can. */
  get missing(): string | null {
    const missing = this.video.problems.flatMap((problem) => MISSING[problem] ?? []);
    return missing.length > 0 ? missing.join("; ") : null;
  }

  async list(): Promise<Device[]> {
    const [native, cameras] = await Promise.allSettled([this.bridge.devices(), listCameras()]);
    return [
      ...(native.status === "fulfilled" ? native.value : []),
      ...(cameras.status === "fulfilled" ? cameras.value : []),
    ];
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    const { mediaDevices } = navigator;
    mediaDevices?.addEventListener("devicechange", listener);
    return () => {
      this.#listeners.delete(listener);
      mediaDevices?.removeEventListener("devicechange", listener);
    };
  }

  /** The shell saw a device come or go. */
  changed(): void {
    for (const listener of [...this.#listeners]) listener();
  }

  openMicrophone(deviceId: string | null): Promise<LocalTrack> {
    this.#pending += 1;
    const opened = this.#opening.then(() => this.#openMicrophone(deviceId));
    this.#opening = opened
      .catch(() => {})
      .then(() => {
        this.#pending -= 1;
        this.#endReplaced();
      });
    return opened;
  }

  async openCamera(deviceId: string | null): Promise<LocalTrack> {
    this.#needVideo();
    const open = () => openUserMedia("video", CAMERA, deviceId);
    const stream = await this.#explained("no-camera-portal", open, CAMERA_ATTEMPTS);
    const [track] = stream.getVideoTracks();
    if (!track) {
      stopAll(stream);
      throw new DeviceError("failed", "the webview gave no track");
    }
    return new VideoTrack("camera", this.#nextStream(), track, this.video);
  }

  /** Without sound: what the screen plays is not among what the shell can capture. */
  async openScreen(content: "text" | "motion"): Promise<{ video: LocalTrack; audio: null }> {
    this.#needVideo();
    // Asked after, it would be too late; and the browser wants the click that this is called in.
    if (this.lacks.includes("no-graphics-card")) throw new DeviceError("no-graphics-card", "no render node");
    const { video } = await this.#explained("no-screen-portal", () => openDisplay(false));
    return { video: new VideoTrack("screen", this.#nextStream(), video, this.video, content), audio: null };
  }

  microphoneEnded(stream: StreamId): void {
    if (this.#microphone?.stream === stream) this.#microphone.end();
  }

  async #openMicrophone(deviceId: string | null): Promise<Microphone> {
    try {
      const opened = await this.bridge.openMicrophone(deviceId);
      // The shell has one microphone: opening this one has taken the place of the one before.
      this.#replaced = this.#microphone ?? this.#replaced;
      const microphone = new Microphone(opened, this.sound, this.order, (stopped) => {
        if (this.#microphone === stopped) this.#microphone = null;
        if (this.#replaced === stopped) this.#replaced = null;
        this.#endReplaced();
      });
      this.#microphone = microphone;
      return microphone;
    } catch (error) {
      const failure = deviceFailure(error);
      // A chosen one that is gone: the default will do.
      if (failure.code === "missing" && deviceId !== null) return this.#openMicrophone(null);
      throw failure;
    }
  }

  /**
   * One that was replaced by another which nobody wanted any more when it was open: still taken for live, and silent.
   * That it ended is news to whoever has it, and makes them open one again.
   */
  #endReplaced(): void {
    if (this.#pending === 0 && this.#microphone === null) this.#replaced?.end();
  }

  /**
   * A webview that has nothing to open devices by says that there are none, or that it may not: look for the reason.
   * One that has is asked again, as often as `attempts` says.
   */
  async #explained<T>(portal: CaptureLack, open: () => Promise<T>, attempts = 1): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await open();
      } catch (error) {
        if (!(error instanceof DeviceError)) throw error;
        const lacks = await this.bridge.lacks().catch(() => []);
        const lack = lacks.find((lack) => lack === portal || lack === "no-pipewire-plugin");
        if (lack) throw new DeviceError(lack, error.detail);
        if (error.code !== "missing" || attempt >= attempts) throw error;
      }
    }
  }

  #needVideo(): void {
    const { missing } = this;
    if (missing !== null) throw new DeviceError("unsupported", missing);
  }

  /** Numbers below 2^31 are this side's. */
  #nextStream(): StreamId {
    this.#streams += 1;
    return this.#streams;
  }
}

async function listCameras(): Promise<Device[]> {
  const devices = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
  return devices
    .filter(({ kind }) => kind === "videoinput")
    .map(({ deviceId, label }) => ({ id: deviceId, kind: "camera", label }));
}

const CODES: Record<DeviceRefusal, true> = {
  denied: true,
  cancelled: true,
  missing: true,
  busy: true,
  insecure: true,
  unsupported: true,
  failed: true,
};

function deviceFailure(error: unknown): DeviceError {
  const { code, detail } = (typeof error === "object" && error !== null ? error : {}) as Partial<
    Record<keyof NativeDeviceFailure, unknown>
  >;
  if (typeof code === "string" && typeof detail === "string") {
    return new DeviceError(Object.hasOwn(CODES, code) ? (code as DeviceRefusal) : "failed", detail);
  }
  return new DeviceError("failed", String(error));
}
