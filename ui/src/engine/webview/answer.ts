/**
 * Sets our answer as a provisional one (`pranswer`, RFC 8829 §4.1.10.1), which the answer then repeats.
 *
 * What the answer changes in a section that is new to both sides and that we send in, libwebrtc notes for a rollback,
 * and drops the note with the next exchange only. An offer of ours that is rolled back before that takes the agreed
 * section with it: its track stays live and never gives a frame again, whatever is negotiated after. An answer that
 * repeats a provisional one changes nothing (docs/upstream/libwebrtc-rollback-after-an-answer.md).
 */
export async function setProvisionalAnswer(pc: RTCPeerConnection): Promise<void> {
  try {
    const { sdp = "" } = await pc.createAnswer();
    await pc.setLocalDescription({ type: "pranswer", sdp });
  } catch {
    // Firefox knows no provisional answers, and needs none.
  }
}
