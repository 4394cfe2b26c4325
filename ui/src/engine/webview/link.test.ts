import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { PeerSignal } from "../../protocol/generated";
import type { LinkStatus, Source } from "../types";
import { WebviewLink } from "./link";
import type { Sound } from "./sound";

/** Firefox's `o=` line, and what Chromium makes of it in `remoteDescription`. */
const FIREFOX = "o=mozilla...THIS_IS_SDPARTA-99.0 7612946916446685582 0 IN IP4 0.0.0.0";
const REWRITTEN = /^o=\S+/m;

const CANDIDATE = { candidate: "candidate:1 1 udp 1 192.0.2.1 5000 typ host", sdpMid: "0", sdpMLineIndex: 0 };

let connections: FakeConnection[];

/** What an offer of theirs makes of a section. */
class FakeTransceiver {
  currentDirection = null;
  direction = "recvonly";
  receiver = {};
  sender = {
    replaceTrack: async () => {},
    setStreams: () => {},
    getParameters: () => ({ encodings: [] }),
  };
  constructor(readonly mid: string) {}
}

/** As much of an RTCPeerConnection as negotiating without media takes. */
class FakeConnection {
  onnegotiationneeded: (() => void) | null = null;
  onicecandidate: ((event: { candidate: typeof CANDIDATE | null }) => void) | null = null;
  /** The type of each local description that was set, empty for one that the connection made itself. */
  set: string[] = [];
  transceivers: FakeTransceiver[] = [];
  knowsNoProvisional = false;
  signalingState = "stable";
  connectionState = "new";
  remoteDescription: RTCSessionDescriptionInit | null = null;
  currentRemoteDescription: RTCSessionDescriptionInit | null = null;
  pendingLocalDescription = null;
  currentLocalDescription: RTCSessionDescriptionInit | null = null;
  localDescription: RTCSessionDescriptionInit | null = null;
  closed = false;
  #version = 0;

  constructor() {
    connections.push(this);
  }

  async setRemoteDescription({ type, sdp = "" }: RTCSessionDescriptionInit) {
    if (sdp.includes("broken")) throw new Error("Failed to parse");
    this.remoteDescription = { type, sdp: sdp.replace(REWRITTEN, "o=-") };
    this.signalingState = type === "offer" ? "have-remote-offer" : "stable";
  }

  async createAnswer() {
    return { type: "answer", sdp: `v=0\r\no=- 1 ${this.#version + 1} IN IP4 127.0.0.1\r\n` };
  }

  async setLocalDescription(description?: RTCSessionDescriptionInit) {
    this.set.push(description?.type ?? "");
    if (description?.type === "pranswer") {
      if (this.knowsNoProvisional) throw new DOMException("", "NotSupportedError");
      this.signalingState = "have-local-pranswer";
      this.onicecandidate?.({ candidate: CANDIDATE });
      return;
    }
    const answers =
      this.signalingState === "have-remote-offer" || this.signalingState === "have-local-pranswer";
    this.#version += 1;
    this.localDescription = {
      type: answers ? "answer" : "offer",
      sdp: `v=0\r\no=- 1 ${this.#version} IN IP4 127.0.0.1\r\n`,
    };
    if (answers) this.currentLocalDescription = this.localDescription;
    this.signalingState = answers ? "stable" : "have-local-offer";
  }

  getTransceivers() {
    return this.transceivers;
  }

  close() {
    this.closed = true;
  }
}

beforeEach(() => {
  connections = [];
  vi.stubGlobal("RTCPeerConnection", FakeConnection);
  vi.stubGlobal("MediaStream", class {});
  vi.stubGlobal("addEventListener", () => {});
  vi.stubGlobal("removeEventListener", () => {});
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function link() {
  const sent: PeerSignal[] = [];
  const statuses: [LinkStatus, string][] = [];
  const link = new WebviewLink(
    {
      iceServers: [],
      polite: true,
      offerFirst: false,
      send: (signal) => sent.push(signal),
      events: {
        status: (status, detail) => statuses.push([status, detail]),
        tracks: () => {},
        open: () => {},
        message: () => {},
        problems: () => {},
      },
    },
    1,
    {} as Sound,
    () => {},
  );
  const offer = async (origin: string, tracks: Record<string, Source> = {}) => {
    const before = sent.length;
    link.receive({
      connection: "media",
      description: { type: "offer", sdp: `v=0\r\n${origin}\r\ns=-\r\n` },
      tracks,
    });
    await vi.advanceTimersByTimeAsync(0);
    return sent.length - before;
  };
  return { link, offer, sent, statuses };
}

it("offers again of one connection are answered in it, however the browser rewrites them", async () => {
  const { link: it, offer, statuses } = link();
  expect(await offer(FIREFOX)).toBe(1);
  expect(await offer(FIREFOX.replace(" 0 IN", " 1 IN"))).toBe(1);
  expect(await offer(FIREFOX.replace(" 0 IN", " 2 IN"))).toBe(1);
  expect(connections).toHaveLength(1);
  expect(statuses.map(([, detail]) => detail)).not.toContain("the other side began again");
  it.close();
});

it("an offer of another session is answered by a new connection", async () => {
  const { link: it, offer, statuses } = link();
  await offer(FIREFOX);
  expect(await offer(FIREFOX.replace("5582", "5583"))).toBe(1);
  expect(connections.map(({ closed }) => closed)).toEqual([true, false]);
  expect(statuses.at(-1)).toEqual(["connecting", "the other side began again"]);
  it.close();
});

it("an offer that could not be applied does not say whom we are connected to", async () => {
  const { link: it, offer } = link();
  await offer(FIREFOX);
  expect(await offer(`${FIREFOX.replace(" 0 IN", " 1 IN")}\r\na=broken`)).toBe(0);
  expect(await offer(FIREFOX.replace(" 0 IN", " 2 IN"))).toBe(1);
  expect(connections).toHaveLength(1);
  it.close();
});

it("an offer that comes again is answered as before, and costs no offer made since", async () => {
  const { link: it, offer, sent } = link();
  await offer(FIREFOX);
  const [connection] = connections;
  connection?.onnegotiationneeded?.();
  await vi.advanceTimersByTimeAsync(0);
  expect(sent.map((signal) => "description" in signal && signal.description.type)).toEqual([
    "answer",
    "offer",
  ]);

  // It has gathered since.
  expect(await offer(`${FIREFOX}\r\na=candidate:0 1 UDP 1 192.0.2.1 5000 typ host`)).toBe(1);
  expect(sent[2]).toEqual(sent[0]);
  expect(connection?.signalingState).toBe("have-local-offer");

  // The next one is another: this side is polite and gives way.
  expect(await offer(FIREFOX.replace(" 0 IN", " 1 IN"))).toBe(1);
  expect(sent[3]).not.toEqual(sent[0]);
  expect(connection?.signalingState).toBe("stable");
  it.close();
});

const WITH_A_CAMERA = `${FIREFOX}\r\ns=-\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:0`;

it("an answer with sections that become ours too is set as a provisional one first, and sent before candidates", async () => {
  const { link: it, offer, sent } = link();
  const [connection] = connections;
  connection?.transceivers.push(new FakeTransceiver("0"));
  await offer(WITH_A_CAMERA, { 0: "camera" });
  expect(connection?.set).toEqual(["pranswer", ""]);
  expect(sent.map((signal) => ("description" in signal ? signal.description.type : "candidate"))).toEqual([
    "answer",
    "candidate",
  ]);

  // Nothing is new in the next.
  await offer(WITH_A_CAMERA.replace(" 0 IN", " 1 IN"), { 0: "camera" });
  expect(connection?.set).toEqual(["pranswer", "", ""]);
  it.close();
});

it("where provisional answers are not known, the answer is set as ever", async () => {
  const { link: it, offer, sent } = link();
  const [connection] = connections;
  if (connection) connection.knowsNoProvisional = true;
  connection?.transceivers.push(new FakeTransceiver("0"));
  expect(await offer(WITH_A_CAMERA, { 0: "camera" })).toBe(1);
  expect(connection?.set).toEqual(["pranswer", ""]);
  expect(sent.map((signal) => "description" in signal && signal.description.type)).toEqual(["answer"]);
  it.close();
});
