import type { Host } from "../host/types";
import type { CallState } from "./types";

/** Why this window offers neither camera nor microphone. */
export type NoMediaReason =
  /** Not a secure context, so the browser offers no devices. Calls work, without sending media. */
  | "insecure-page"
  /** A browser with WebRTC but without device access (some in-app browsers). */
  | "no-capture"
  /** A browser without WebRTC. */
  | "no-webrtc"
  /** A desktop window whose engine did not start: the call can be opened in a browser. */
  | "no-engine";

/** Null where there is a camera or a microphone to offer. */
export function noMediaReason(engine: CallState["engine"], host: Host["kind"]): NoMediaReason | null {
  const { calls, microphone, camera } = engine.capabilities;
  if (!calls) return host === "desktop" ? "no-engine" : "no-webrtc";
  if (microphone || camera) return null;
  return engine.problems.includes("insecure-page") ? "insecure-page" : "no-capture";
}
