import type { Host } from "../host/types";
import type { CallState } from "./types";

/** Why this window offers neither camera nor microphone. */
export type MediaTrouble =
  /** The page is no secure context: browsers keep devices from it. Calls work, as one who listens. */
  | "insecure-page"
  /** A browser that carries calls and has no way to devices (some that other apps have built in). */
  | "no-capture"
  /** A browser without WebRTC. */
  | "no-webrtc"
  /** A desktop window whose engine did not start: the call opens in a browser. */
  | "no-engine";

export function mediaTrouble(engine: CallState["engine"], host: Host["kind"]): MediaTrouble | null {
  const { calls, microphone, camera } = engine.capabilities;
  if (!calls) return host === "desktop" ? "no-engine" : "no-webrtc";
  if (microphone || camera) return null;
  return engine.problems.includes("insecure-page") ? "insecure-page" : "no-capture";
}
