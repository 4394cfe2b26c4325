import { CAMERA, openDisplay, openUserMedia, stopAll } from "../capture";
import { type Device, DeviceError, type DeviceKind, type Devices, type Processing } from "../types";
import { WebviewTrack } from "./local-track";
import type { Sound } from "./sound";

const KINDS: Record<MediaDeviceKind, DeviceKind> = {
  audioinput: "microphone",
  videoinput: "camera",
  audiooutput: "speaker",
};

const ALL: Processing = { echoCancellation: true, noiseSuppression: true, gainControl: true };

function microphone({ gainControl, ...processing }: Processing): MediaTrackConstraints {
  return { ...processing, autoGainControl: gainControl, channelCount: { ideal: 1 } };
}

/** Microphones, cameras and screens through getUserMedia and getDisplayMedia. */
export class WebviewDevices implements Devices {
  #processing = ALL;
  /** One that was called off while it opened may come after the one in use. */
  #microphones = new Set<MediaStreamTrack>();

  constructor(private readonly sound: Sound) {}

  setProcessing(processing: Processing): void {
    this.#processing = processing;
    // Browsers that cannot change an open microphone do so with the next one.
    for (const track of this.#microphones) {
      if (track.readyState === "live") track.applyConstraints(microphone(processing)).catch(() => {});
      else this.#microphones.delete(track);
    }
  }

  async list(): Promise<Device[]> {
    try {
      const devices = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
      // "default" and "communications" are aliases some browsers list beside the device they stand for;
      // the default is what a null ID already means.
      return devices
        .filter(({ deviceId }) => deviceId !== "default" && deviceId !== "communications")
        .map(({ deviceId, kind, label }) => ({ id: deviceId, kind: KINDS[kind], label }));
    } catch {
      return [];
    }
  }

  onChange(listener: () => void): () => void {
    const { mediaDevices } = navigator;
    mediaDevices?.addEventListener("devicechange", listener);
    return () => mediaDevices?.removeEventListener("devicechange", listener);
  }

  async openMicrophone(deviceId: string | null): Promise<WebviewTrack> {
    const stream = await openUserMedia("audio", microphone(this.#processing), deviceId);
    for (const track of stream.getAudioTracks()) this.#microphones.add(track);
    return this.#only("microphone", stream, stream.getAudioTracks());
  }

  async openCamera(deviceId: string | null): Promise<WebviewTrack> {
    const stream = await openUserMedia("video", CAMERA, deviceId);
    return this.#only("camera", stream, stream.getVideoTracks());
  }

  async openScreen(content: "text" | "motion"): Promise<{ video: WebviewTrack; audio: WebviewTrack | null }> {
    const { stream, video } = await openDisplay(true);
    const [audio] = stream.getAudioTracks();
    return {
      video: new WebviewTrack("screen", video, this.sound, content),
      audio: audio ? new WebviewTrack("screen-audio", audio, this.sound) : null,
    };
  }

  #only(source: "microphone" | "camera", stream: MediaStream, tracks: MediaStreamTrack[]): WebviewTrack {
    const [track] = tracks;
    if (!track) {
      stopAll(stream);
      throw new DeviceError("failed", "the browser gave no track");
    }
    return new WebviewTrack(source, track, this.sound);
  }
}
