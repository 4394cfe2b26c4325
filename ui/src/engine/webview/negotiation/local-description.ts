import type { ConnectionContent } from "./content";

type Changing = Pick<ConnectionContent, "localChange">;

/**
 * Sets a local offer. Without arguments, so that nothing can come between making and setting it; if the content has to
 * change it, it is set a second time, unless a remote offer has rolled it back meanwhile.
 */
export async function setLocalOffer(pc: RTCPeerConnection, content: Changing): Promise<void> {
  await pc.setLocalDescription();
  const offer = pc.pendingLocalDescription;
  const change = content.localChange?.() ?? null;
  if (!change || offer?.type !== "offer") return;
  const sdp = change(offer.sdp);
  if (sdp === offer.sdp) return;
  try {
    await pc.setLocalDescription({ type: "offer", sdp });
  } catch {
    // Rolled back, or the browser takes no changes: it stays as it was made.
  }
}

/** Sets the answer to the remote offer that was set. Local offers cannot come between: the connection is not stable. */
export async function setLocalAnswer(pc: RTCPeerConnection, content: Changing): Promise<void> {
  const change = content.localChange?.() ?? null;
  if (!change) return pc.setLocalDescription();
  const { sdp = "" } = await pc.createAnswer();
  try {
    await pc.setLocalDescription({ type: "answer", sdp: change(sdp) });
  } catch {
    // The browser takes no changes.
    await pc.setLocalDescription();
  }
}
