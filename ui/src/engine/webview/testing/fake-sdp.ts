/** SDP as the fake RTCPeerConnection writes and reads it: the parts of JSEP (RFC 8829) that negotiation depends on. */

export type FakeDirection = "sendrecv" | "sendonly" | "recvonly" | "inactive";
export type FakeKind = "audio" | "video" | "application";

export interface FakeSection {
  kind: FakeKind;
  mid: string;
  direction: FakeDirection;
  /** Port zero. */
  rejected: boolean;
  /** In order of preference. */
  codecs: string[];
}

export interface FakeDescription {
  /** Session ID of the `o=` line: one per RTCPeerConnection. */
  session: string;
  version: number;
  ufrag: string;
  sections: FakeSection[];
}

const PAYLOAD_TYPES: Record<string, number> = {
  "opus/48000/2": 111,
  "PCMU/8000": 0,
  "VP8/90000": 96,
  "VP9/90000": 98,
  "H264/90000": 102,
};

export function writeSdp({ session, version, ufrag, sections }: FakeDescription): string {
  const media = sections.map((section) => {
    const { kind, mid, direction, rejected, codecs } = section;
    const port = rejected ? 0 : 9;
    if (kind === "application")
      return [
        `m=application ${port} UDP/DTLS/SCTP webrtc-datachannel`,
        `a=mid:${mid}`,
        `a=ice-ufrag:${ufrag}`,
      ];
    const payloadTypes = codecs.map((codec) => PAYLOAD_TYPES[codec]);
    return [
      `m=${kind} ${port} UDP/TLS/RTP/SAVPF ${payloadTypes.join(" ") || "0"}`,
      `a=mid:${mid}`,
      `a=ice-ufrag:${ufrag}`,
      `a=${direction}`,
      ...codecs.map((codec) => `a=rtpmap:${PAYLOAD_TYPES[codec]} ${codec}`),
    ];
  });
  const session_ = ["v=0", `o=- ${session} ${version} IN IP4 127.0.0.1`, "s=-", "t=0 0"];
  return `${[...session_, ...media.flat()].join("\r\n")}\r\n`;
}

/** Throws for what is not SDP, like the parser of a browser. */
export function parseSdp(sdp: string): FakeDescription {
  if (!sdp.startsWith("v=0")) throw new DOMException("Failed to parse SessionDescription", "OperationError");
  const [session = "", ...media] = sdp.split(/^m=/m);
  const origin = /^o=\S+ (\S+) (\d+) /m.exec(session);
  const sections = media.map((text, index): FakeSection => {
    const [kind = "", port = "", , ...payloadTypes] = (text.split(/\r?\n/, 1)[0] ?? "").split(" ");
    return {
      kind: kind as FakeKind,
      mid: /^a=mid:(\S+)/m.exec(text)?.[1] ?? String(index),
      direction: (/^a=(sendrecv|sendonly|recvonly|inactive)\s*$/m.exec(text)?.[1] ??
        "sendrecv") as FakeDirection,
      rejected: port === "0",
      codecs: payloadTypes.flatMap(
        (type) => new RegExp(`^a=rtpmap:${type} (\\S+)`, "m").exec(text)?.[1] ?? [],
      ),
    };
  });
  return {
    session: origin?.[1] ?? "",
    version: Number(origin?.[2] ?? 0),
    ufrag: /^a=ice-ufrag:(\S+)/m.exec(sdp)?.[1] ?? "",
    sections,
  };
}

export const sends = (direction: string | null): boolean =>
  direction === "sendrecv" || direction === "sendonly";
export const receives = (direction: string | null): boolean =>
  direction === "sendrecv" || direction === "recvonly";

function directionOf(send: boolean, receive: boolean): FakeDirection {
  if (send) return receive ? "sendrecv" : "sendonly";
  return receive ? "recvonly" : "inactive";
}

/** The same direction, as seen from the other side. */
export function reversed(direction: string): FakeDirection {
  return directionOf(receives(direction), sends(direction));
}

export function intersection(one: string, other: string): FakeDirection {
  return directionOf(sends(one) && sends(other), receives(one) && receives(other));
}
