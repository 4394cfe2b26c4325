import { CAMERA, openDisplay, openUserMedia, stopAll } from "../../capture";
import { deviceError } from "../../device-error";
import { ScreenRefusals } from "../../screen-refusals";
import { type Device, DeviceError, type Devices, type Processing } from "../../types";
import { reportOpenedDevice } from "../opened-devices";
import type { WebviewAudio } from "./audio";
import { closesFirst } from "./closes-first";
import { listed } from "./listed-devices";
import { WebviewLocalTrack } from "./local-track";

const ALL_ENABLED: Processing = { echoCancellation: true, noiseSuppression: true, gainControl: true };

function microphoneConstraints({ gainControl, ...processing }: Processing): MediaTrackConstraints {
  return { ...processing, autoGainControl: gainControl, channelCount: { ideal: 1 } };
}

/** Microphones, cameras and screens through getUserMedia and getDisplayMedia. */
export class WebviewDevices implements Devices {
  #processing = ALL_ENABLED;
  #refusals = new ScreenRefusals();
  /** A set, because a microphone whose opening was cancelled may arrive after the one in use. */
  #microphones = new Set<MediaStreamTrack>();

  constructor(private readonly audio: WebviewAudio) {}

  /** False if an open microphone keeps its processing. Chromium accepts new constraints without applying them. */
  async setProcessing(processing: Processing): Promise<boolean> {
    this.#processing = processing;
    for (const track of this.#microphones) if (track.readyState !== "live") this.#microphones.delete(track);
    const applied = await Promise.all([...this.#microphones].map((track) => apply(track, processing)));
    return !applied.includes(false);
  }

  closesFirst(kind: "microphone" | "camera"): boolean {
    return closesFirst(kind, navigator.userAgent);
  }

  async list(): Promise<Device[]> {
    try {
      const devices = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
      return listed(devices);
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
    const { stream, video } = await openDisplay(true, this.#refusals);
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
    try {
      reportOpenedDevice();
      return new WebviewLocalTrack(source, track, this.audio);
    } catch (error) {
      stopAll(stream);
      throw deviceError(error);
    }
  }
}

/** Whether the track now has the processing, as far as the browser reports it. */
async function apply(track: MediaStreamTrack, processing: Processing): Promise<boolean> {
  const constraints = microphoneConstraints(processing);
  try {
    await track.applyConstraints(constraints);
  } catch {
    return false;
  }
  const settings = track.getSettings();
  return (["echoCancellation", "noiseSuppression", "autoGainControl"] as const).every(
    (name) => settings[name] === undefined || settings[name] === constraints[name],
  );
}
