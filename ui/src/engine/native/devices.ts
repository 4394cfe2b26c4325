import { CAMERA, openDisplay, openUserMedia, stopAll } from "../capture";
import { ScreenRefusals } from "../screen-refusals";
import {
  type Device,
  DeviceError,
  type DeviceFailureCode,
  type Devices,
  type EngineProblem,
  type LocalTrack,
  type MissingComponent,
} from "../types";
import type { AudioLevels } from "./audio-levels";
import type { NativeBridge, NativeCommand, NativeDeviceFailure, StreamId } from "./bridge";
import { LocalVideoTrack } from "./local-video-track";
import { Microphone } from "./microphone";
import type { VideoWorker } from "./video-worker";

/** The problems that prevent sending video, as technical details. */
const VIDEO_PROBLEMS: Partial<Record<EngineProblem, string>> = {
  "no-video-worker": "the video worker did not start",
  "no-frame-access": "MediaStreamTrackProcessor is missing in workers",
  "no-vp8-encoder": "no VP8 encoder (WebCodecs; on Linux GStreamer's vp8enc)",
};

/** WebKitGTK 2.50 waits only 10 ms for each answer of the portal, and then reports that there is no camera. */
const CAMERA_ATTEMPTS = 3;

/** Microphones and output devices of the shell, cameras and screens of the webview. */
export class NativeDevices implements Devices {
  #listeners = new Set<() => void>();
  #microphone: Microphone | null = null;
  /** Replaced in the shell by a newer one, and not stopped yet. */
  #replaced: Microphone | null = null;
  #pending = 0;
  /** Serialises `openMicrophone`, because each one replaces the microphone in the shell. */
  #opening: Promise<unknown> = Promise.resolve();
  #streams = 0;
  #refusals = new ScreenRefusals();

  constructor(
    private readonly bridge: NativeBridge,
    private readonly send: (command: NativeCommand) => void,
    private readonly levels: AudioLevels,
    private readonly video: VideoWorker,
    /** As reported when the engine was opened. */
    private readonly missing: readonly MissingComponent[],
  ) {}

  /** Why video cannot be sent; null if it can. */
  get videoProblem(): string | null {
    const details = this.video.problems.flatMap((problem) => VIDEO_PROBLEMS[problem] ?? []);
    return details.length > 0 ? details.join("; ") : null;
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

  /** The shell reported that a device was added or removed. */
  onDevicesChanged(): void {
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
    this.#requireVideo();
    const open = () => openUserMedia("video", CAMERA, deviceId);
    const stream = await this.#withReason("no-camera-portal", open, CAMERA_ATTEMPTS);
    const [track] = stream.getVideoTracks();
    if (!track) {
      stopAll(stream);
      throw new DeviceError("failed", "the webview gave no track");
    }
    return new LocalVideoTrack("camera", this.#nextStream(), track, this.video);
  }

  /** Without audio: the shell cannot capture what the screen plays. */
  async openScreen(content: "text" | "motion"): Promise<{ video: LocalTrack; audio: null }> {
    this.#requireVideo();
    // Not queried here: getDisplayMedia must be called within the user gesture.
    if (this.missing.includes("no-graphics-card"))
      throw new DeviceError("no-graphics-card", "no render node");
    const { video } = await this.#withReason("no-screen-portal", () => openDisplay(false, this.#refusals));
    return {
      video: new LocalVideoTrack("screen", this.#nextStream(), video, this.video, content),
      audio: null,
    };
  }

  onMicrophoneEnded(stream: StreamId): void {
    if (this.#microphone?.stream === stream) this.#microphone.end();
  }

  async #openMicrophone(deviceId: string | null): Promise<Microphone> {
    try {
      const opened = await this.bridge.openMicrophone(deviceId);
      // The shell has one microphone: this one has replaced the previous one.
      this.#replaced = this.#microphone ?? this.#replaced;
      const microphone = new Microphone(opened, this.levels, this.send, (stopped) => {
        if (this.#microphone === stopped) this.#microphone = null;
        if (this.#replaced === stopped) this.#replaced = null;
        this.#endReplaced();
      });
      this.#microphone = microphone;
      return microphone;
    } catch (error) {
      const failure = deviceFailure(error);
      // A chosen device that is gone is replaced by the default.
      if (failure.code === "missing" && deviceId !== null) return this.#openMicrophone(null);
      throw failure;
    }
  }

  /**
   * If the replacement was discarded after it was opened, the previous microphone is silent but still considered live:
   * ends it, so that its owner opens one again.
   */
  #endReplaced(): void {
    if (this.#pending === 0 && this.#microphone === null) this.#replaced?.end();
  }

  /**
   * Runs `open` up to `attempts` times while the device is "missing". If an OS component is missing, the webview only
   * reports that there is no device or no permission, so the error is replaced by that component's code.
   */
  async #withReason<T>(portal: MissingComponent, open: () => Promise<T>, attempts = 1): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await open();
      } catch (error) {
        if (!(error instanceof DeviceError)) throw error;
        const missing = await this.bridge.missingComponents().catch(() => []);
        const cause = missing.find((component) => component === portal || component === "no-pipewire-plugin");
        if (cause) throw new DeviceError(cause, error.detail);
        if (error.code !== "missing" || attempt >= attempts) throw error;
      }
    }
  }

  #requireVideo(): void {
    const { videoProblem } = this;
    if (videoProblem !== null) throw new DeviceError("unsupported", videoProblem);
  }

  /** Numbers below 2^31 are assigned by the page. */
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

const CODES: Record<DeviceFailureCode, true> = {
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
    return new DeviceError(Object.hasOwn(CODES, code) ? (code as DeviceFailureCode) : "failed", detail);
  }
  return new DeviceError("failed", String(error));
}
