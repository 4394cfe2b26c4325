import type { FakePeerConnection } from "./fake-peer-connection";
import { reversed } from "./fake-sdp";
import { canConnect } from "./fake-transport";

/** Why two peer connections do not agree on what was negotiated; null if they do. */
export function disagreement(one: FakePeerConnection, other: FakePeerConnection): string | null {
  for (const pc of [one, other])
    if (pc.signalingState !== "stable") return `${pc.name} is in ${pc.signalingState}`;
  const expected = other.negotiated.map((section) => ({
    ...section,
    direction: section.direction === "rejected" ? "rejected" : reversed(section.direction),
  }));
  if (JSON.stringify(one.negotiated) !== JSON.stringify(expected))
    return `sections differ: ${JSON.stringify(one.negotiated)}, ${JSON.stringify(expected)}`;
  if (!canConnect(one, other))
    return `ICE credentials differ: ${JSON.stringify(one.ufrags)}, ${JSON.stringify(other.ufrags)}`;
  return null;
}
