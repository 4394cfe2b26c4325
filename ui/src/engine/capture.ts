/** getUserMedia and getDisplayMedia with typed refusals: what both engines that capture here share. */
import { deviceError, screenError } from "./device-error";
import { DeviceError } from "./types";

export const CAMERA: MediaTrackConstraints = {
  width: { ideal: 1280 },
  height: { ideal: 720 },
  frameRate: { ideal: 30 },
};

/** Rejects with {@link DeviceError}. A chosen device that is gone falls back to the default. */
export async function openUserMedia(
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

/** A screen, window or tab with a picture. Rejects with {@link DeviceError}. */
export async function openDisplay(audio: boolean): Promise<{ stream: MediaStream; video: MediaStreamTrack }> {
  const mediaDevices = media();
  if (!mediaDevices.getDisplayMedia) throw new DeviceError("unsupported", "no getDisplayMedia");
  let stream: MediaStream;
  try {
    stream = await mediaDevices.getDisplayMedia({
      // Also for text, whose senders take half of it: what is captured at 15 stays there when text becomes a film.
      video: { frameRate: { ideal: 30 } },
      audio: audio && withoutOurOwnSound(),
      // Not in TypeScript's DOM yet; browsers that do not know them ignore them.
      ...{ selfBrowserSurface: "exclude", surfaceSwitching: "include" },
      ...(audio ? { systemAudio: "include" } : {}),
    });
  } catch (error) {
    throw screenError(error);
  }
  const [video] = stream.getVideoTracks();
  if (video) return { stream, video };
  stopAll(stream);
  throw new DeviceError("failed", "the browser gave no picture");
}

/**
 * What a whole screen plays includes the others' voices as they come out of this page: without this everybody would
 * hear themselves a moment later. `restrictOwnAudio` (Screen Capture §5.4, Chromium 141) leaves them out; older
 * browsers take them for echo.
 */
function withoutOurOwnSound(): MediaTrackConstraints {
  const known: Record<string, boolean | undefined> = {
    ...navigator.mediaDevices.getSupportedConstraints?.(),
  };
  const restrict: MediaTrackConstraints & { restrictOwnAudio: boolean } = { restrictOwnAudio: true };
  return known.restrictOwnAudio ? restrict : { echoCancellation: true };
}

export function stopAll(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}

function media(): MediaDevices {
  // Undefined outside secure contexts (Media Capture and Streams §9.1).
  if (!globalThis.isSecureContext) throw new DeviceError("insecure", "not a secure context");
  if (!navigator.mediaDevices?.getUserMedia) throw new DeviceError("unsupported", "no getUserMedia");
  return navigator.mediaDevices;
}
