import type { Source } from "../../types";
import {
  AUDIO_BITRATE,
  type CameraDemand,
  cameraEncoding,
  screenEncoding,
  type VideoEncoding,
} from "./encoding";

/**
 * libwebrtc probes for a raised limit only while the sender is application-limited: it has sent less than 65 % of the
 * estimate for about a second (`AlrDetector`). To reach that state a camera is limited to this share of the estimate,
 * less audio and overhead.
 */
const PROBE_LIMIT_SHARE = 0.6;
/** Bits per second. */
const AUDIO_AND_OVERHEAD = 80_000;
/** Bits per second. */
const MIN_VIDEO_BITRATE = 40_000;
/** How long the reduced limit applies, in milliseconds. */
const PROBE_LIMIT_MS = 1_300;

/** Lines of a camera before its first frame. */
const DEFAULT_HEIGHT = 720;

/** Sets the sender's bitrate, scaling, frame rate and degradation preference. */
export async function applyEncodingLimits(
  sender: RTCRtpSender,
  source: Source,
  demand: CameraDemand,
  content: "text" | "motion" | undefined,
): Promise<void> {
  await change(sender, (parameters, encoding) => {
    if (source === "camera") {
      Object.assign(encoding, cameraEncodingOf(sender, demand));
      parameters.degradationPreference = "balanced";
    } else if (source === "screen") {
      Object.assign(encoding, screenEncoding(demand.links, content ?? "text", capturedSize(sender.track)));
      parameters.degradationPreference = content === "motion" ? "maintain-framerate" : "maintain-resolution";
    } else {
      encoding.maxBitrate = AUDIO_BITRATE[source];
      if (source === "microphone") encoding.networkPriority = "high";
    }
  });
}

export function cameraEncodingOf(sender: RTCRtpSender, demand: CameraDemand): VideoEncoding {
  return cameraEncoding(demand, capturedSize(sender.track)?.height ?? DEFAULT_HEIGHT);
}

/** The size of the frames of a local track; null before the first, and without a track. */
export function capturedSize(track: MediaStreamTrack | null): { width: number; height: number } | null {
  const { width = 0, height = 0 } = track?.getSettings?.() ?? {};
  return width > 0 && height > 0 ? { width, height } : null;
}

/** Makes libwebrtc probe a camera's path, whose current estimate is `available` bits per second. */
export async function probeBandwidth(
  sender: RTCRtpSender,
  demand: () => CameraDemand,
  available: number,
): Promise<void> {
  await change(sender, (_, encoding) => {
    encoding.maxBitrate = Math.max(MIN_VIDEO_BITRATE, available * PROBE_LIMIT_SHARE - AUDIO_AND_OVERHEAD);
  });
  await new Promise((resolve) => setTimeout(resolve, PROBE_LIMIT_MS));
  await change(sender, (_, encoding) => {
    encoding.maxBitrate = cameraEncodingOf(sender, demand()).maxBitrate;
  });
}

/** Resets libwebrtc's quality adaptation by toggling `degradationPreference`: decision 0045. */
export async function resetAdaptation(sender: RTCRtpSender): Promise<void> {
  for (const preference of ["maintain-framerate", "balanced"] as const)
    await change(sender, (parameters) => {
      parameters.degradationPreference = preference;
    });
}

async function change(
  sender: RTCRtpSender,
  modify: (parameters: RTCRtpSendParameters, encoding: RTCRtpEncodingParameters) => void,
): Promise<void> {
  const parameters = sender.getParameters();
  const [encoding] = parameters.encodings;
  if (!encoding) return;
  modify(parameters, encoding);
  try {
    await sender.setParameters(parameters);
  } catch {
    // Rejected during a negotiation, which ends with another `applyEncodingLimits`.
  }
}
