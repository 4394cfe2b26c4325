import type { Source } from "../types";
import { AUDIO_BITRATE, cameraEncoding, screenBitrate } from "./encoding";

/** Any change of the limit makes libwebrtc probe for it; this one does not show. Bits per second. */
const NUDGE = 10_000;

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
      parameters.degradationPreference = content === "motion" ? "maintain-framerate" : "maintain-resolution";
    }
  });
}

/** Makes the browser find out what a camera's path takes: decision 0045. */
export async function probe(sender: RTCRtpSender, links: number): Promise<void> {
  const { maxBitrate } = cameraEncoding(links);
  await change(sender, (_, encoding) => {
    encoding.maxBitrate = encoding.maxBitrate === maxBitrate ? maxBitrate - NUDGE : maxBitrate;
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
