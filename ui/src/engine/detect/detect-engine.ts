import type { NativeBridge } from "../native/bridge";
import { NoMediaEngine } from "../none/engine";
import type { Engine } from "../types";
import { WebviewEngine } from "../webview/engine";

/**
 * The engine this window can run: the webview's own, else the native one, else none. Detected by making an offer, because
 * some webviews have the constructor without an implementation (WebKitGTK builds without a WebRTC backend).
 */
export async function detectEngine(native?: NativeBridge): Promise<Engine> {
  if (await hasWorkingPeerConnection()) return new WebviewEngine();
  return (native && (await openNative(native))) ?? new NoMediaEngine();
}

/** Imported lazily: guests in a browser never need it. */
async function openNative(bridge: NativeBridge): Promise<Engine | null> {
  try {
    const { NativeEngine } = await import("../native/engine");
    return await NativeEngine.open(bridge);
  } catch (error) {
    console.warn("native engine", error);
    return null;
  }
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
