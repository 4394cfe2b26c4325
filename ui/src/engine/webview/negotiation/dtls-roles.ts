import { fingerprintOf } from "./sdp";

type Descriptions = Pick<RTCPeerConnection, "currentLocalDescription" | "currentRemoteDescription">;

/**
 * A remote description that is about to be applied. An offer that leaves the DTLS roles open, on a connection where this
 * side is the server, says that the remote side stays the client: Firefox answers an ICE restart with `a=setup:active`
 * whatever its role is (bugzilla 1329028), and Chromium then refuses that answer and every later one, because the roles
 * of an association never change (RFC 8842 §5.5).
 */
export function keepDtlsRoles(
  { currentLocalDescription: local, currentRemoteDescription: remote }: Descriptions,
  type: RTCSdpType,
  sdp: string,
): string {
  if (type !== "offer" || !remote || fingerprintOf(remote.sdp) !== fingerprintOf(sdp)) return sdp;
  const isServer =
    remote.type === "answer"
      ? setupOf(remote.sdp) === "active"
      : local?.type === "answer" && setupOf(local.sdp) === "passive";
  return isServer ? sdp.replace(/^a=setup:actpass(?=\r?$)/gm, "a=setup:active") : sdp;
}

/** The first `a=setup` (RFC 8842 §5.2); all sections of a bundle have the same. */
function setupOf(sdp: string): string | null {
  return /^a=setup:(\S+)/m.exec(sdp)?.[1] ?? null;
}
