/** Pure functions that read and rewrite SDP (RFC 8866): only what this engine needs. */

export interface MediaSection {
  kind: string;
  mid: string | null;
  ufrag: string | null;
  /** In an answer: rejected (RFC 3264 §6). False for `a=bundle-only`, which has port zero without being rejected. */
  portZero: boolean;
}

/** Media sections in order, with the session-level `ice-ufrag` for sections that have none. */
export function mediaSections(sdp: string): MediaSection[] {
  const [session = "", ...media] = sdp.split(/^m=/m);
  const sessionUfrag = attribute(session, "ice-ufrag");
  return media.map((text) => {
    const [kind = "", port = ""] = text.split(" ", 2);
    return {
      kind,
      mid: attribute(text, "mid"),
      ufrag: attribute(text, "ice-ufrag") ?? sessionUfrag,
      portZero: port === "0" && !/^a=bundle-only\s*$/m.test(text),
    };
  });
}

/**
 * User name and session ID of the `o=` line; null without one. One RTCPeerConnection only ever changes the version
 * (RFC 3264 §8, RFC 8829 §5.2.2), so another value means that the remote side made a new RTCPeerConnection. Compare SDP
 * as received only: browsers rewrite the line in the descriptions they return.
 */
export function originOf(sdp: string): string | null {
  const origin = /^o=(\S+) (\S+) /m.exec(sdp);
  return origin ? `${origin[1]} ${origin[2]}` : null;
}

/**
 * The SDP without what candidate gathering changes: the candidates, and the address and port of the default one
 * (RFC 8829 §5.2.1). Equal for two transmissions of one description.
 */
export function withoutCandidates(sdp: string): string {
  return sdp
    .split(/\r?\n/)
    .filter((line) => !/^(c=|a=candidate:|a=end-of-candidates|a=rtcp:)/.test(line))
    .map((line) => line.replace(/^(m=\S+) [1-9]\d*/, "$1 9"))
    .join("\n");
}

/** The first `ice-ufrag` (RFC 8839 §5.4); an ICE restart changes it, in offer and answer. */
export function iceUfrag(sdp: string): string | null {
  return attribute(sdp, "ice-ufrag");
}

/** The first DTLS certificate fingerprint (RFC 8122 §5): one RTCPeerConnection keeps it. */
export function fingerprintOf(sdp: string): string | null {
  return /^a=fingerprint:(.+?)\s*$/m.exec(sdp)?.[1] ?? null;
}

/** The SHA-256 fingerprint of the certificate (RFC 8122), as 64 lowercase hexadecimal digits. */
export function sha256Fingerprint(sdp: string): string | null {
  const [, bytes] = /^a=fingerprint:sha-256 ((?:[0-9a-f]{2}:){31}[0-9a-f]{2})\s*$/im.exec(sdp) ?? [];
  return bytes?.replaceAll(":", "").toLowerCase() ?? null;
}

/**
 * Sets parameters of Opus (RFC 7587 §6.1), such as `usedtx=1`, in each audio section; the other parameters stay. They
 * describe what their sender prefers to receive.
 *
 * @param parametersOf by mid; null: the section stays as it is. A value of null removes a parameter.
 */
export function setOpusParameters(
  sdp: string,
  parametersOf: (mid: string) => Readonly<Record<string, string | null>> | null,
): string {
  const [session = "", ...media] = sdp.split(/^(?=m=)/m);
  const changed = media.map((section) => {
    const mid = attribute(section, "mid");
    const parameters = mid === null || !section.startsWith("m=audio ") ? null : parametersOf(mid);
    return parameters ? withOpusParameters(section, parameters) : section;
  });
  return [session, ...changed].join("");
}

function withOpusParameters(section: string, parameters: Readonly<Record<string, string | null>>): string {
  const end = section.includes("\r\n") ? "\r\n" : "\n";
  const lines = section.split(/\r?\n/);
  const requested = Object.entries(parameters).flatMap(([name, value]) =>
    value === null ? [] : [`${name}=${value}`],
  );
  const opus = lines.flatMap((line) => /^a=rtpmap:(\d+) opus\/48000/i.exec(line)?.[1] ?? []);
  for (const payload of opus) {
    const head = `a=fmtp:${payload} `;
    const at = lines.findIndex((line) => line.startsWith(head));
    const before = (lines[at] ?? head)
      .slice(head.length)
      .split(";")
      .map((parameter) => parameter.trim())
      .filter((parameter) => parameter !== "");
    const isKept = (parameter: string) => !((parameter.split("=")[0] ?? "").toLowerCase() in parameters);
    const others = before.filter(isKept);
    const has = requested.every((parameter) => before.includes(parameter));
    if (has && before.length === others.length + requested.length) continue;
    const line = head + [...others, ...requested].join(";");
    if (at >= 0) lines[at] = line;
    else lines.splice(lines.findIndex((line) => line.startsWith(`a=rtpmap:${payload} `)) + 1, 0, line);
  }
  return lines.join(end);
}

export interface Format {
  payload: string;
  /** As in RTCRtpCodec. */
  mimeType: string;
}

/**
 * Reorders the formats of each section of `kind` by preference (RFC 8866 §5.14); only the `m=` line changes. Sections
 * without a mid are unchanged; formats that `order` does not return keep their order, after the others.
 */
export function orderFormats(
  sdp: string,
  kind: string,
  order: (mid: string, formats: Format[]) => Format[],
): string {
  const [session = "", ...media] = sdp.split(/^(?=m=)/m);
  const ordered = media.map((section) => {
    const line = /^m=(\S+) (\S+) (\S+) ([\d ]+)/.exec(section);
    const mid = attribute(section, "mid");
    if (!line || line[1] !== kind || mid === null) return section;
    const payloads = (line[4] ?? "").trim().split(/ +/);
    const formats = payloads.flatMap((payload) => {
      const name = new RegExp(`^a=rtpmap:${payload} ([^/\\s]+)/`, "m").exec(section)?.[1];
      return name ? [{ payload, mimeType: `${kind}/${name}` }] : [];
    });
    const first = order(mid, formats).map(({ payload }) => payload);
    const rest = payloads.filter((payload) => !first.includes(payload));
    return `m=${kind} ${line[2]} ${line[3]} ${[...first, ...rest].join(" ")}${section.slice(line[0].length)}`;
  });
  return [session, ...ordered].join("");
}

function attribute(text: string, name: string): string | null {
  return new RegExp(`^a=${name}:(\\S+)`, "m").exec(text)?.[1] ?? null;
}
