import type { EngineProblem } from "../../types";
import { DECODER, ENCODER, type FrameAccess } from "./codecs";

/** The worker's globals that may be missing. */
export type Features = FrameAccess & {
  VideoEncoder?: Pick<typeof VideoEncoder, "isConfigSupported">;
  VideoDecoder?: Pick<typeof VideoDecoder, "isConfigSupported">;
};

/** Asks for codec support, because WebKit has the classes even if GStreamer lacks the codec. */
export async function detectProblems(features: Features): Promise<EngineProblem[]> {
  const problems: EngineProblem[] = [];
  if (!features.MediaStreamTrackProcessor) problems.push("no-frame-access");
  if (!features.VideoTrackGenerator) problems.push("no-frame-display");
  const config = { ...ENCODER, width: 640, height: 480, bitrate: 500_000, framerate: 30 };
  if (!(await supported(() => features.VideoEncoder?.isConfigSupported(config))))
    problems.push("no-vp8-encoder");
  if (!(await supported(() => features.VideoDecoder?.isConfigSupported(DECODER))))
    problems.push("no-vp8-decoder");
  return problems;
}

async function supported(ask: () => Promise<{ supported?: boolean }> | undefined): Promise<boolean> {
  try {
    return (await ask())?.supported === true;
  } catch {
    return false;
  }
}
