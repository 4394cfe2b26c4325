import { type Device, DeviceError, type DeviceKind, type Devices } from "../types";
import { deviceError, screenError } from "./device-error";
import { WebviewTrack } from "./local-track";
import type { Sound } from "./sound";

const KINDS: Record<MediaDeviceKind, DeviceKind> = {
  audioinput: "microphone",
  videoinput: "camera",
  audiooutput: "speaker",
};

const MICROPHONE: MediaTrackConstraints = {
  echoCancellation: true,
  noiseSuppression: true,
  autoGainControl: true,
  channelCount: { ideal: 1 },
};

const CAMERA: MediaTrackConstraints = {
  width: { ideal: 1280 },
  height: { ideal: 720 },
  frameRate: { ideal: 30 },
};

/** Microphones, cameras and screens through getUserMedia and getDisplayMedia. */
export class WebviewDevices implements Devices {
  constructor(private readonly sound: Sound) {}

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
    const stream = await open("audio", MICROPHONE, deviceId);
    return this.#only("microphone", stream, stream.getAudioTracks());
  }

  async openCamera(deviceId: string | null): Promise<WebviewTrack> {
    const stream = await open("video", CAMERA, deviceId);
    return this.#only("camera", stream, stream.getVideoTracks());
  }

  async openScreen(content: "text" | "motion"): Promise<{ video: WebviewTrack; audio: WebviewTrack | null }> {
    const mediaDevices = media();
    if (!mediaDevices.getDisplayMedia) throw new DeviceError("unsupported", "no getDisplayMedia");
    let stream: MediaStream;
    try {
      stream = await mediaDevices.getDisplayMedia({
        video: { frameRate: { ideal: content === "text" ? 15 : 30 } },
        audio: true,
        // Not in TypeScript's DOM yet; browsers that do not know them ignore them.
        ...{ selfBrowserSurface: "exclude", surfaceSwitching: "include", systemAudio: "include" },
      });
    } catch (error) {
      throw screenError(error);
    }
    const [video] = stream.getVideoTracks();
    const [audio] = stream.getAudioTracks();
    if (!video) {
      for (const track of stream.getTracks()) track.stop();
      throw new DeviceError("failed", "the browser gave no picture");
    }
    return {
      video: new WebviewTrack("screen", video, this.sound, content),
      audio: audio ? new WebviewTrack("screen-audio", audio, this.sound) : null,
    };
  }

  #only(source: "microphone" | "camera", stream: MediaStream, tracks: MediaStreamTrack[]): WebviewTrack {
    const [track] = tracks;
    if (!track) {
      for (const other of stream.getTracks()) other.stop();
      throw new DeviceError("failed", "the browser gave no track");
    }
    return new WebviewTrack(source, track, this.sound);
  }
}

function media(): MediaDevices {
  // Undefined outside secure contexts (Media Capture and Streams §9.1).
  if (!globalThis.isSecureContext) throw new DeviceError("insecure", "not a secure context");
  if (!navigator.mediaDevices?.getUserMedia) throw new DeviceError("unsupported", "no getUserMedia");
  return navigator.mediaDevices;
}

async function open(
  kind: "audio" | "video",
  wanted: MediaTrackConstraints,
  deviceId: string | null,
): Promise<MediaStream> {
  const mediaDevices = media();
  if (deviceId !== null) {
    try {
      return await mediaDevices.getUserMedia({ [kind]: { ...wanted, deviceId: { exact: deviceId } } });
    } catch (error) {
      // A device that is gone: the default will do. Denied and busy are answers.
      const mapped = deviceError(error);
      if (mapped.code !== "missing") throw mapped;
    }
  }
  try {
    return await mediaDevices.getUserMedia({ [kind]: wanted });
  } catch (error) {
    throw deviceError(error);
  }
}
