/** getUserMedia and getDisplayMedia with typed errors, for the engines that capture in the page. */
import { deviceError } from "./device-error";
import type { ScreenRefusals } from "./screen-refusals";
import { DeviceError } from "./types";

export const CAMERA: MediaTrackConstraints = {
  width: { ideal: 1280 },
  height: { ideal: 720 },
  frameRate: { ideal: 30 },
};

/** Rejects with {@link DeviceError}. A chosen device that is gone falls back to the default. */
export async function openUserMedia(
  kind: "audio" | "video",
  constraints: MediaTrackConstraints,
  deviceId: string | null,
): Promise<MediaStream> {
  const mediaDevices = captureDevices();
  if (deviceId !== null) {
    try {
      return await mediaDevices.getUserMedia({ [kind]: { ...constraints, deviceId: { exact: deviceId } } });
    } catch (error) {
      // Only a device that is gone is replaced by the default; a denied or busy one is reported.
      const mapped = deviceError(error);
      if (mapped.code !== "missing") throw mapped;
    }
  }
  try {
    return await mediaDevices.getUserMedia({ [kind]: constraints });
  } catch (error) {
    throw deviceError(error);
  }
}

/** Captures a screen, window or tab. Rejects with {@link DeviceError}. */
export async function openDisplay(
  audio: boolean,
  refusals: ScreenRefusals,
): Promise<{ stream: MediaStream; video: MediaStreamTrack }> {
  const mediaDevices = captureDevices();
  if (!mediaDevices.getDisplayMedia) throw new DeviceError("unsupported", "no getDisplayMedia");
  const calledAt = performance.now();
  let stream: MediaStream;
  try {
    stream = await mediaDevices.getDisplayMedia({
      // Always 30 fps: for text the sender limits it to 15, so switching to motion needs no new capture.
      video: { frameRate: { ideal: 30 } },
      audio: audio && excludingOwnAudio(),
      // Missing in TypeScript's DOM types; ignored by browsers that do not support them.
      ...{ selfBrowserSurface: "exclude", surfaceSwitching: "include" },
      ...(audio ? { systemAudio: "include" } : {}),
    });
  } catch (error) {
    throw refusals.errorOf(error, performance.now() - calledAt);
  }
  refusals.reset();
  const [video] = stream.getVideoTracks();
  if (video) return { stream, video };
  stopAll(stream);
  throw new DeviceError("failed", "the browser gave no video track");
}

/** It may be music: what makes speech clearer distorts it, and processed sound is mono in some browsers. */
const UNPROCESSED: MediaTrackConstraints = {
  channelCount: { ideal: 2 },
  echoCancellation: false,
  noiseSuppression: false,
  autoGainControl: false,
};

/**
 * The audio of a whole screen includes the call's own playback, which the other participants would hear as an echo of
 * themselves. `restrictOwnAudio` (Screen Capture §5.4, Chromium 141) excludes it; older browsers use echo cancellation.
 */
function excludingOwnAudio(): MediaTrackConstraints {
  const supported: Record<string, boolean | undefined> = {
    ...navigator.mediaDevices.getSupportedConstraints?.(),
  };
  const restrict: MediaTrackConstraints & { restrictOwnAudio: boolean } = { restrictOwnAudio: true };
  return { ...UNPROCESSED, ...(supported.restrictOwnAudio ? restrict : { echoCancellation: true }) };
}

export function stopAll(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}

function captureDevices(): MediaDevices {
  // Undefined outside secure contexts (Media Capture and Streams §9.1).
  if (!globalThis.isSecureContext) throw new DeviceError("insecure", "not a secure context");
  if (!navigator.mediaDevices?.getUserMedia) throw new DeviceError("unsupported", "no getUserMedia");
  return navigator.mediaDevices;
}
