import { NoMediaEngine } from "./none/engine";
import type { Engine } from "./types";
import { WebviewEngine } from "./webview/engine";

/**
 * The engine this window can run. By trying, not by asking which webview it is: some have the constructor
 * and no working connection behind it (WebKitGTK builds without a WebRTC backend).
 */
export async function detectEngine(): Promise<Engine> {
  return (await hasWorkingPeerConnection()) ? new WebviewEngine() : new NoMediaEngine();
}

async function hasWorkingPeerConnection(): Promise<boolean> {
  if (typeof RTCPeerConnection !== "function") return false;
  let pc: RTCPeerConnection | null = null;
  try {
    pc = new RTCPeerConnection();
    pc.addTransceiver("audio");
    const { sdp } = await pc.createOffer();
    return sdp?.includes("m=audio") ?? false;
  } catch {
    return false;
  } finally {
    pc?.close();
  }
}
