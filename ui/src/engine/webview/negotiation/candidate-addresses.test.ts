import { expect, it } from "vitest";
import { CandidateAddresses } from "./candidate-addresses";

const NAME = "candidate:1 1 udp 2113937151 6a2a5d4e-0f3f-4b8e-9f2a-1c2d3e4f5a6b.local 54400 typ host";
const TCP_NAME =
  "candidate:2 1 tcp 1518280447 6a2a5d4e-0f3f-4b8e-9f2a-1c2d3e4f5a6b.LOCAL 9 typ host tcptype active";
const ADDRESS = "candidate:1 1 udp 2113937151 192.0.2.1 54400 typ host";
const REFLEXIVE = "candidate:3 1 udp 1677729535 2001:db8::1 54400 typ srflx raddr 0.0.0.0 rport 0";
const OFFER = `v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\na=${NAME}\r\na=end-of-candidates\r\n`;

it("are hidden when both sides have names only", () => {
  const addresses = new CandidateAddresses();
  expect(addresses.areHidden).toBe(false);
  addresses.onLocal(NAME);
  addresses.onLocal(TCP_NAME);
  addresses.onLocal("");
  expect(addresses.areHidden).toBe(false);
  addresses.onRemote(NAME);
  expect(addresses.areHidden).toBe(true);
});

it("are found in descriptions too", () => {
  const addresses = new CandidateAddresses();
  addresses.onLocal(NAME);
  addresses.onRemoteDescription(OFFER);
  expect(addresses.areHidden).toBe(true);
  addresses.onRemoteDescription(OFFER.replace(NAME, ADDRESS));
  expect(addresses.areHidden).toBe(false);
});

it("are not hidden with one address on either side, also one that a STUN server told", () => {
  for (const address of [ADDRESS, REFLEXIVE]) {
    const own = new CandidateAddresses();
    own.onLocal(NAME);
    own.onRemote(NAME);
    own.onLocal(address);
    expect(own.areHidden).toBe(false);
    const theirs = new CandidateAddresses();
    theirs.onLocal(NAME);
    theirs.onRemote(NAME);
    theirs.onRemote(address);
    expect(theirs.areHidden).toBe(false);
  }
});
