import { fingerprintOf, originOf } from "./sdp";

/**
 * Identifies the remote RTCPeerConnection, by the description of it that was applied last. From the SDP as received,
 * because Chromium rewrites the user name of Firefox's `o=` line in `pc.remoteDescription`.
 */
export class RemoteIdentity {
  #origin: string | null = null;
  #fingerprint: string | null = null;

  onDescription(sdp: string): void {
    this.#origin = originOf(sdp);
    this.#fingerprint = fingerprintOf(sdp);
  }

  /** The `o=` line names another session. False before the first description. */
  isOfAnotherSession(sdp: string): boolean {
    const origin = originOf(sdp);
    return this.#origin !== null && origin !== null && this.#origin !== origin;
  }

  /**
   * {@link isOfAnotherSession}, with another certificate: there are peers that write another `o=` line into each
   * description (aiortc).
   */
  isOfAnotherConnection(sdp: string): boolean {
    const fingerprint = fingerprintOf(sdp);
    return (
      this.isOfAnotherSession(sdp) &&
      this.#fingerprint !== null &&
      fingerprint !== null &&
      this.#fingerprint !== fingerprint
    );
  }
}
