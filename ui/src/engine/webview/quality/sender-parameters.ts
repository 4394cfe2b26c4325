import type { Source } from "../../types";
import { AUDIO_BITRATE, cameraEncoding, screenBitrate } from "./encoding";

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

/** Frames per second of a screen with text: enough for a cursor and for scrolling. */
const TEXT_FRAMERATE = 15;

/** Sets the sender's bitrate, scaling, frame rate and degradation preference for `links` links. */
export async function applyEncodingLimits(
  sender: RTCRtpSender,
  source: Source,
  links: number,
  content: "text" | "motion" | undefined,
): Promise<void> {
  await change(sender, (parameters, encoding) => {
    if (source === "camera") Object.assign(encoding, cameraEncoding(links));
    else encoding.maxBitrate = source === "screen" ? screenBitrate(links) : AUDIO_BITRATE[source];
    if (source === "microphone") encoding.networkPriority = "high";
    if (source === "camera") parameters.degradationPreference = "balanced";
    if (source === "screen") {
      encoding.maxFramerate = content === "motion" ? 30 : TEXT_FRAMERATE;
      parameters.degradationPreference = content === "motion" ? "maintain-framerate" : "maintain-resolution";
    }
  });
}

/** Makes libwebrtc probe a camera's path, whose current estimate is `available` bits per second. */
export async function probeBandwidth(
  sender: RTCRtpSender,
  links: () => number,
  available: number,
): Promise<void> {
  await change(sender, (_, encoding) => {
    encoding.maxBitrate = Math.max(MIN_VIDEO_BITRATE, available * PROBE_LIMIT_SHARE - AUDIO_AND_OVERHEAD);
  });
  await new Promise((resolve) => setTimeout(resolve, PROBE_LIMIT_MS));
  await change(sender, (_, encoding) => {
    encoding.maxBitrate = cameraEncoding(links()).maxBitrate;
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
