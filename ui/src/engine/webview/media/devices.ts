import { CAMERA, openDisplay, openUserMedia, stopAll } from "../../capture";
import { type Device, DeviceError, type DeviceKind, type Devices, type Processing } from "../../types";
import type { WebviewAudio } from "./audio";
import { WebviewLocalTrack } from "./local-track";

const KINDS: Record<MediaDeviceKind, DeviceKind> = {
  audioinput: "microphone",
  videoinput: "camera",
  audiooutput: "speaker",
};

const ALL_ENABLED: Processing = { echoCancellation: true, noiseSuppression: true, gainControl: true };

function microphoneConstraints({ gainControl, ...processing }: Processing): MediaTrackConstraints {
  return { ...processing, autoGainControl: gainControl, channelCount: { ideal: 1 } };
}

/** Microphones, cameras and screens through getUserMedia and getDisplayMedia. */
export class WebviewDevices implements Devices {
  #processing = ALL_ENABLED;
  /** A set, because a microphone whose opening was cancelled may arrive after the one in use. */
  #microphones = new Set<MediaStreamTrack>();

  constructor(private readonly audio: WebviewAudio) {}

  setProcessing(processing: Processing): void {
    this.#processing = processing;
    // Where an open microphone cannot be changed, the constraints apply to the next one.
    for (const track of this.#microphones) {
      if (track.readyState === "live")
        track.applyConstraints(microphoneConstraints(processing)).catch(() => {});
      else this.#microphones.delete(track);
    }
  }

  async list(): Promise<Device[]> {
    try {
      const devices = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
      // "default" and "communications" are aliases that some browsers list beside the actual device; a null ID
      // already means the default.
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

  async openMicrophone(deviceId: string | null): Promise<WebviewLocalTrack> {
    const stream = await openUserMedia("audio", microphoneConstraints(this.#processing), deviceId);
    for (const track of stream.getAudioTracks()) this.#microphones.add(track);
    return this.#trackOf("microphone", stream, stream.getAudioTracks());
  }

  async openCamera(deviceId: string | null): Promise<WebviewLocalTrack> {
    const stream = await openUserMedia("video", CAMERA, deviceId);
    return this.#trackOf("camera", stream, stream.getVideoTracks());
  }

  async openScreen(
    content: "text" | "motion",
  ): Promise<{ video: WebviewLocalTrack; audio: WebviewLocalTrack | null }> {
    const { stream, video } = await openDisplay(true);
    const [audio] = stream.getAudioTracks();
    return {
      video: new WebviewLocalTrack("screen", video, this.audio, content),
      audio: audio ? new WebviewLocalTrack("screen-audio", audio, this.audio) : null,
    };
  }

  #trackOf(
    source: "microphone" | "camera",
    stream: MediaStream,
    tracks: MediaStreamTrack[],
  ): WebviewLocalTrack {
    const [track] = tracks;
    if (!track) {
      stopAll(stream);
      throw new DeviceError("failed", "the browser gave no track");
    }
    return new WebviewLocalTrack(source, track, this.audio);
  }
}
