import type { IceServer } from "../../../protocol/generated";

/** Leaves out servers that would make the RTCPeerConnection constructor throw: unknown schemes, TURN without a user name. */
export function supportedIceServers(servers: readonly IceServer[]): RTCIceServer[] {
  return servers
    .map((server) => ({
      ...server,
      urls: server.urls.filter((url) => /^(stun|stuns|turn|turns):/i.test(url)),
    }))
    .filter(
      (server) =>
        server.urls.length > 0 &&
        (server.urls.every((url) => /^stuns?:/i.test(url)) || server.username !== undefined),
    );
}
