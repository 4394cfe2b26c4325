/** The few things read from or written into SDP texts (RFC 8866), as pure functions. */

export interface Section {
  kind: string;
  mid: string | null;
  ufrag: string | null;
  /** Port zero: refused (RFC 3264 §6). */
  rejected: boolean;
}

/** Media sections in order, with the session-level `ice-ufrag` where a section has none of its own. */
export function sections(sdp: string): Section[] {
  const [session = "", ...media] = sdp.split(/^m=/m);
  const sessionUfrag = attribute(session, "ice-ufrag");
  return media.map((text) => {
    const [kind = "", port = ""] = text.split(" ", 2);
    return {
      kind,
      mid: attribute(text, "mid"),
      ufrag: attribute(text, "ice-ufrag") ?? sessionUfrag,
      rejected: port === "0" && !/^a=bundle-only\s*$/m.test(text),
    };
  });
}

/**
 * The `o=` line's user name and session ID. In what one RTCPeerConnection sends, only the version changes
 * (RFC 3264 §8, RFC 8829 §5.2.2): another session means that the other side began again with a new connection.
 * Only texts as their author wrote them compare: browsers write the line anew when they give a description back.
 */
export function sessionOf(sdp: string): string | null {
  const origin = /^o=(\S+) (\S+) /m.exec(sdp);
  return origin ? `${origin[1]} ${origin[2]}` : null;
}

/**
 * What stays of a description however far its author is with gathering: without candidates, and without the address
 * and ports of the default one (RFC 8829 §5.2.1). A description sent again is the same but for these.
 */
export function withoutCandidates(sdp: string): string {
  return sdp
    .split(/\r?\n/)
    .filter((line) => !/^(c=|a=candidate:|a=end-of-candidates|a=rtcp:)/.test(line))
    .map((line) => line.replace(/^(m=\S+) [1-9]\d*/, "$1 9"))
    .join("\n");
}

/** Who its author is to ICE (RFC 8839 §5.4): somebody else with every restart, in offer and answer. */
export function iceUserOf(sdp: string): string | null {
  return attribute(sdp, "ice-ufrag");
}

/**
 * Asks for Opus with in-band FEC and DTX (RFC 7587 §6.1). These say what their sender wants to receive,
 * so they are put into the description handed to the other side; the local one stays as the browser made
 * it, which keeps `setLocalDescription()` without arguments and with it the race-free negotiation.
 */
export function preferOpusFecAndDtx(sdp: string): string {
  const end = sdp.includes("\r\n") ? "\r\n" : "\n";
  const lines = sdp.split(/\r?\n/);
  const opus = lines.flatMap((line) => /^a=rtpmap:(\d+) opus\/48000/i.exec(line)?.[1] ?? []);
  for (const payload of opus) {
    const wanted = ["useinbandfec=1", "usedtx=1"];
    const at = lines.findIndex((line) => line.startsWith(`a=fmtp:${payload} `));
    if (at < 0) {
      const rtpmap = lines.findIndex((line) => line.startsWith(`a=rtpmap:${payload} `));
      lines.splice(rtpmap + 1, 0, `a=fmtp:${payload} ${wanted.join(";")}`);
      continue;
    }
    const line = lines[at] ?? "";
    const head = `a=fmtp:${payload} `;
    const kept = line
      .slice(head.length)
      .split(";")
      .map((parameter) => parameter.trim())
      .filter((parameter) => parameter && !/^use(inbandfec|dtx)=/i.test(parameter));
    lines[at] = head + [...kept, ...wanted].join(";");
  }
  return lines.join(end);
}

export interface Format {
  payload: string;
  /** As RTCRtpCodec has it. */
  mimeType: string;
}

/**
 * The formats of each section of `kind` in another order of preference (RFC 8866 §5.14); only the `m=` line changes.
 * Sections without a `mid`, and whatever `order` leaves out, stay as they are.
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
