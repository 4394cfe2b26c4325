/**
 * Sets the answer as a provisional one first (`pranswer`, RFC 8829 §4.1.10.1); the final answer then repeats it.
 *
 * Works around a libwebrtc bug: the answer to a new section that this side sends in leaves rollback state behind, which
 * only the next exchange clears. If a local offer is rolled back before that, the rollback also removes the agreed
 * section: its track stays live but never delivers a frame again, whatever is negotiated later. An answer that repeats a
 * provisional one leaves no such state (docs/upstream/libwebrtc-rollback-after-an-answer.md).
 */
export async function setProvisionalAnswer(pc: RTCPeerConnection): Promise<void> {
  try {
    const { sdp = "" } = await pc.createAnswer();
    await pc.setLocalDescription({ type: "pranswer", sdp });
  } catch {
    // Firefox does not support provisional answers, and does not have the bug.
  }
}
