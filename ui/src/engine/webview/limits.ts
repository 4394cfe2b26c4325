import type { Source } from "../types";
import { AUDIO_BITRATE, cameraEncoding, screenBitrate } from "./encoding";

/**
 * libwebrtc probes for a new limit only while what is sent has been less than 65 % of the estimate for a second or so
 * (its `AlrDetector`). For that long a camera gets this share, less what sound and headers need, in bits per second.
 */
const SPARED_TO = 0.6;
const SOUND_AND_HEADERS = 80_000;
const LEAST_VIDEO = 40_000;
const SPARING_MS = 1_300;

/** Frames per second of a screen with text: enough for a cursor and for scrolling. */
const TEXT_FRAMERATE = 15;

/** Bitrates, sizes, and what to do without when there is too little of either. */
export async function limitSender(
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

/** Makes the browser find out what a camera's path takes, of which it believes `available` bits per second. */
export async function probe(sender: RTCRtpSender, links: () => number, available: number): Promise<void> {
  await change(sender, (_, encoding) => {
    encoding.maxBitrate = Math.max(LEAST_VIDEO, available * SPARED_TO - SOUND_AND_HEADERS);
  });
  await new Promise((resolve) => setTimeout(resolve, SPARING_MS));
  await change(sender, (_, encoding) => {
    encoding.maxBitrate = cameraEncoding(links()).maxBitrate;
  });
}

/** Makes the browser forget by how much it reduced a camera's picture: decision 0045. */
export async function release(sender: RTCRtpSender): Promise<void> {
  for (const preference of ["maintain-framerate", "balanced"] as const)
    await change(sender, (parameters) => {
      parameters.degradationPreference = preference;
    });
}

async function change(
  sender: RTCRtpSender,
  how: (parameters: RTCRtpSendParameters, encoding: RTCRtpEncodingParameters) => void,
): Promise<void> {
  const parameters = sender.getParameters();
  const [encoding] = parameters.encodings;
  if (!encoding) return;
  how(parameters, encoding);
  try {
    await sender.setParameters(parameters);
  } catch {
    // Refused while a negotiation is under way: it ends with another `limitSender`.
  }
}
