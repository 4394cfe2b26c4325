import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FakeMedia } from "../../../tests/fake-native";
import type { PeerSignal } from "../../protocol/generated";
import type { LinkStatus } from "../types";
import { WebviewLink } from "./link";
import { WebviewLocalTrack } from "./media/local-track";
import { iceUfrag, originOf } from "./negotiation/sdp";
import { FakeMediaStream } from "./testing/fake-media";
import { type FakeSection, parseSdp, reversed, writeSdp } from "./testing/fake-sdp";
import { NO_AUDIO } from "./testing/link-pair";
import { iceServersOf, PeerConnectionsBySide } from "./testing/peer-connections-by-side";
import { StepQueue } from "./testing/step-queue";

type VectorEvent =
  | { offer: string; id?: string }
  | { answer: string; to: number | string; withoutId?: boolean }
  | { junk: "offer" | "answer"; of: string }
  | { share: boolean }
  | { restart: boolean }
  | { polite: boolean }
  | { transport: RTCPeerConnectionState };

interface Vector {
  name: string;
  polite: boolean;
  offerFirst: boolean;
  events: [number, VectorEvent][];
  until: number;
  sent: [number, string][];
  status: LinkStatus;
  detail: string;
}

const VECTORS: Vector[] = JSON.parse(
  readFileSync(new URL("../../../../crates/negotiation/vectors/negotiation.json", import.meta.url), "utf8"),
);

type DescriptionSignal = Extract<PeerSignal, { description: unknown }>;

/** What a Maru peer offers first. */
const FIRST_OFFER: FakeSection[] = [
  { kind: "audio", mid: "0", direction: "sendrecv", rejected: false, codecs: ["opus/48000/2"] },
  { kind: "video", mid: "1", direction: "sendrecv", rejected: false, codecs: ["VP8/90000"] },
  { kind: "application", mid: "2", direction: "sendrecv", rejected: false, codecs: [] },
];

/** `A1` is connection A with its first ICE credentials; F is one of Firefox. */
function remoteSdp(name: string, version: number, sections: FakeSection[]): string {
  const session = name.charAt(0);
  const sdp = writeSdp({ session, version, ufrag: name, sections });
  const user = session === "F" ? "mozilla" : "-";
  return sdp.replace("o=-", `o=${user}`).replace("s=-\r\n", `s=-\r\na=fingerprint:sha-256 ${session}\r\n`);
}

class Replay {
  readonly sent: [number, string][] = [];
  status: LinkStatus = "connecting";
  detail = "";
  #queue = new StepQueue();
  #peerConnections: PeerConnectionsBySide;
  #link: WebviewLink;
  #offers: DescriptionSignal[] = [];

  constructor(vector: Vector) {
    this.#peerConnections = new PeerConnectionsBySide(this.#queue);
    vi.stubGlobal("RTCPeerConnection", this.#peerConnections.constructorFunction);
    this.#link = new WebviewLink(
      {
        iceServers: iceServersOf("a"),
        polite: vector.polite,
        offerFirst: vector.offerFirst,
        send: (signal) => this.#note(signal),
        events: {
          status: (status, detail) => {
            this.status = status;
            this.detail = detail;
          },
          tracks: () => {},
          problems: () => {},
          open: () => {},
          message: () => {},
        },
      },
      { links: 1, shownHeight: null, large: 0 },
      NO_AUDIO,
      () => {},
      () => {},
    );
  }

  settle(): Promise<void> {
    return this.#queue.drain();
  }

  close(): void {
    this.#link.close();
  }

  take(event: VectorEvent): void {
    if ("offer" in event) {
      // Copies of one offer are the same text.
      const version = event.id ? Number(event.id.slice(1)) : 1;
      this.#receive("offer", remoteSdp(event.offer, version, FIRST_OFFER), event.id);
    } else if ("answer" in event) {
      const offer = typeof event.to === "number" ? this.#offers[event.to - 1] : this.#offers.at(-1);
      const sections = parseSdp(offer?.description.sdp ?? "").sections.map((section) => ({
        ...section,
        direction: reversed(section.direction),
      }));
      const id = typeof event.to === "number" ? offer?.offerId : event.to;
      const version = typeof event.to === "number" ? event.to : 99;
      this.#receive("answer", remoteSdp(event.answer, version, sections), event.withoutId ? undefined : id);
    } else if ("junk" in event) {
      const sdp = `x=0\r\no=- ${event.of} 1 IN IP4 127.0.0.1\r\na=fingerprint:sha-256 ${event.of}\r\n`;
      this.#receive(event.junk, sdp, undefined);
    } else if ("share" in event) {
      const track = new WebviewLocalTrack("screen", new FakeMedia().track, NO_AUDIO, "text");
      this.#link.setTrack("screen", event.share ? track : null);
    } else if ("restart" in event) this.#link.restartIce();
    else if ("polite" in event) this.#link.setPolite(event.polite);
    else {
      const pc = this.#peerConnections.current("a");
      pc.connectionState = event.transport;
      pc.onconnectionstatechange?.();
    }
  }

  #receive(type: "offer" | "answer", sdp: string, offerId: string | undefined): void {
    const id = offerId === undefined ? {} : { offerId };
    this.#link.receive({ connection: "media", description: { type, sdp }, ...id });
  }

  #note(signal: PeerSignal): void {
    if (!("description" in signal)) return;
    const { description, offerId } = signal;
    const before = this.#offers.at(-1);
    let what: string;
    if (description.type === "answer") what = offerId === undefined ? "answer" : `answer to ${offerId}`;
    else if (before && before.offerId === offerId) what = "offer again";
    else {
      const [one, other] = [before?.description.sdp ?? "", description.sdp];
      const restart = originOf(one) === originOf(other) && iceUfrag(one) !== iceUfrag(other);
      what = restart ? "restart" : "offer";
      this.#offers.push(signal);
    }
    this.sent.push([Date.now(), what]);
  }
}

beforeEach(() => {
  vi.stubGlobal("MediaStream", FakeMediaStream);
  vi.stubGlobal("addEventListener", () => {});
  vi.stubGlobal("removeEventListener", () => {});
  vi.useFakeTimers({ now: 0 });
  vi.spyOn(Math, "random").mockReturnValue(0);
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("the vectors shared with the native engine", () => {
  it.each(VECTORS)("$name", async (vector) => {
    const replay = new Replay(vector);
    const events = [...vector.events];
    for (let now = 0; now <= vector.until; now += 100) {
      if (now > 0) await vi.advanceTimersByTimeAsync(100);
      for (; events[0] && events[0][0] <= now; events.shift()) {
        replay.take(events[0][1]);
        await replay.settle();
      }
      await replay.settle();
    }
    expect(replay.sent).toEqual(vector.sent);
    expect([replay.status, replay.detail]).toEqual([vector.status, vector.detail]);
    replay.close();
  });
});
