import { expect, it } from "vitest";
import { keepDtlsRoles } from "./dtls-roles";

const sdp = (setup: string, fingerprint = "sha-256 AA") =>
  `v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=fingerprint:${fingerprint}\r\na=setup:${setup}\r\n` +
  `m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=fingerprint:${fingerprint}\r\na=setup:${setup}\r\n`;

function exchanged(offerer: "local" | "remote", answer: "active" | "passive") {
  const offer = { type: "offer", sdp: sdp("actpass") } as RTCSessionDescription;
  const answered = { type: "answer", sdp: sdp(answer) } as RTCSessionDescription;
  return offerer === "local"
    ? { currentLocalDescription: offer, currentRemoteDescription: answered }
    : { currentLocalDescription: answered, currentRemoteDescription: offer };
}

it("an offer to the DTLS server of the connection says that the other side stays the client", () => {
  for (const server of [exchanged("local", "active"), exchanged("remote", "passive")])
    expect(keepDtlsRoles(server, "offer", sdp("actpass"))).toBe(sdp("active"));
});

it("an offer to the DTLS client is unchanged: clients answer that they are one", () => {
  for (const client of [exchanged("local", "passive"), exchanged("remote", "active")])
    expect(keepDtlsRoles(client, "offer", sdp("actpass"))).toBe(sdp("actpass"));
});

it("answers, first offers and offers of another certificate are unchanged", () => {
  const server = exchanged("local", "active");
  expect(keepDtlsRoles(server, "answer", sdp("actpass"))).toBe(sdp("actpass"));
  expect(keepDtlsRoles(server, "offer", sdp("actpass", "sha-256 BB"))).toBe(sdp("actpass", "sha-256 BB"));
  const nothing = { currentLocalDescription: null, currentRemoteDescription: null };
  expect(keepDtlsRoles(nothing, "offer", sdp("actpass"))).toBe(sdp("actpass"));
});
