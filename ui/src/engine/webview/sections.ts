import type { Other } from "../../protocol/generated";
import type { Source } from "../types";
import { CameraClimb } from "./camera-climb";
import { orderCodecs } from "./encoding";
import { limitSender } from "./limits";
import { orderFormats, sections } from "./sdp";

/** What a section of a description carries when nobody says: decision 0005. */
const BY_ORDER: Record<"audio" | "video", readonly Source[]> = {
  audio: ["microphone", "screen-audio"],
  video: ["camera", "screen"],
};

/** A local track as this engine sees it. */
export interface Outgoing {
  readonly media: MediaStreamTrack;
  readonly content?: "text" | "motion" | undefined;
}

/**
 * Which transceiver carries which of our sources, and which of theirs.
 *
 * Microphone and camera have one section each from the first offer on, sending or not, so that turning
 * them on is `replaceTrack`. A screen gets its section when it is first shared and keeps it.
 */
export class Sections {
  #own = new Map<Source, RTCRtpTransceiver>();
  #tracks = new Map<Source, Outgoing>();
  /** Tracks of one person's voice and face share a stream: the browser keeps those in sync. */
  #person = new MediaStream();
  #screen = new MediaStream();
  /** What each of their sections carries, by `mid`. */
  #theirs = new Map<string, Source | Other>();
  #climb = new CameraClimb();

  constructor(
    private readonly pc: RTCPeerConnection,
    private links: number,
  ) {}

  /** Remembers what to send; `begun` once this side may offer. Returns when the sender has it. */
  setTrack(source: Source, track: Outgoing | null, begun: boolean): void {
    if (track) this.#tracks.set(source, track);
    else this.#tracks.delete(source);
    if (track && begun) this.#ensure(source);
    const transceiver = this.#live(source);
    if (transceiver) this.#apply(source, transceiver);
  }

  /** Before our own first offer. */
  begin(): void {
    this.#ensure("microphone");
    this.#ensure("camera");
    for (const source of this.#tracks.keys()) this.#ensure(source);
  }

  /**
   * After a remote offer was set and before it is answered: their voice and camera sections become ours
   * too. Transceivers of ours that never got a section are stopped, or the next negotiation would add
   * a second pair. Returns whether any became ours.
   */
  adopt(): boolean {
    const taken = new Set<Source>();
    for (const transceiver of this.pc.getTransceivers()) {
      if (isStopped(transceiver)) continue;
      const source = this.sourceOfMid(transceiver.mid, "received");
      if ((source !== "microphone" && source !== "camera") || taken.has(source)) continue;
      if ([...this.#own.values()].includes(transceiver)) continue;
      const own = this.#live(source);
      if (own && own.mid !== null) continue;
      if (own) own.stop();
      taken.add(source);
      this.#own.set(source, transceiver);
      transceiver.direction = "sendrecv";
      transceiver.sender.setStreams?.(this.#person);
      this.#apply(source, transceiver);
    }
    return taken.size > 0;
  }

  /** Sources with a track and no section: they need an offer of ours. */
  complete(): void {
    for (const source of this.#tracks.keys()) this.#ensure(source);
  }

  /** Notes what their sections carry, from `tracks` or from their order. */
  described(sdp: string, tracks: Record<string, Source | Other> | undefined): void {
    const all = sections(sdp);
    if (tracks) {
      for (const [mid, source] of Object.entries(tracks)) this.#theirs.set(mid, source);
    } else {
      for (const kind of ["audio", "video"] as const) {
        all
          .filter((section) => section.kind === kind)
          .forEach((section, index) => {
            const source = BY_ORDER[kind][index];
            if (section.mid !== null && source && !this.#theirs.has(section.mid))
              this.#theirs.set(section.mid, source);
          });
      }
    }
    const mids = new Set(all.map((section) => section.mid));
    for (const mid of this.#theirs.keys()) if (!mids.has(mid)) this.#theirs.delete(mid);
  }

  /** For `PeerSignal.tracks`: what we may send in which section. Call when mids are assigned. */
  tracks(): Record<string, Source> {
    const tracks: Record<string, Source> = {};
    for (const [source, transceiver] of this.#own) {
      if (transceiver.mid !== null && !isStopped(transceiver)) tracks[transceiver.mid] = source;
    }
    return tracks;
  }

  /** Their sections that may carry something now. */
  incoming(): { source: Source; receiver: RTCRtpReceiver }[] {
    return this.pc.getTransceivers().flatMap((transceiver) => {
      const source = this.sourceOfMid(transceiver.mid, "received");
      const receives =
        transceiver.currentDirection === "sendrecv" || transceiver.currentDirection === "recvonly";
      return source && receives ? [{ source, receiver: transceiver.receiver }] : [];
    });
  }

  /**
   * What is handed to the other side instead of `sdp`: codecs in the order in which they are wanted, offer and
   * answer alike, for each sends what comes first in what it got. Not by `setCodecPreferences`: with it, offers of
   * Firefox for a section agreed on before mix its own payload types with those in use, and Chromium refuses them.
   */
  withCodecOrder(sdp: string): string {
    return orderFormats(sdp, "video", (mid, formats) => {
      const source = this.sourceOfMid(mid, "sent") ?? this.sourceOfMid(mid, "received");
      return source ? orderCodecs(formats, source) : formats;
    });
  }

  sourceOfMid(mid: string | null, direction: "sent" | "received"): Source | null {
    if (mid === null) return null;
    if (direction === "received") {
      // Of a source that a later version added, nothing is shown.
      const source = this.#theirs.get(mid);
      return source !== undefined && isSource(source) ? source : null;
    }
    for (const [source, transceiver] of this.#own) if (transceiver.mid === mid) return source;
    return null;
  }

  /** The mesh grew or shrank: every camera gets its share. */
  setLinks(links: number): void {
    this.links = links;
    this.limit();
  }

  /** Bitrates and sizes, again after each negotiation: senders have no encodings before. */
  limit(): void {
    for (const [source, transceiver] of this.#own) {
      if (isStopped(transceiver)) continue;
      void limitSender(transceiver.sender, source, this.links, this.#tracks.get(source)?.content);
    }
  }

  /** Several times a second while connected; `now` in milliseconds. */
  tick(now: number): void {
    const camera = this.#tracks.has("camera") ? this.#live("camera") : null;
    if (camera) void this.#climb.tick(camera.sender, () => this.links, now);
  }

  #live(source: Source): RTCRtpTransceiver | null {
    const transceiver = this.#own.get(source);
    return transceiver && !isStopped(transceiver) ? transceiver : null;
  }

  #ensure(source: Source): void {
    if (this.#live(source)) return;
    const person = source === "microphone" || source === "camera";
    const transceiver = this.pc.addTransceiver(
      source === "microphone" || source === "screen-audio" ? "audio" : "video",
      {
        direction: person ? "sendrecv" : "sendonly",
        streams: [person ? this.#person : this.#screen],
      },
    );
    this.#own.set(source, transceiver);
    this.#apply(source, transceiver);
  }

  #apply(source: Source, transceiver: RTCRtpTransceiver): void {
    const track = this.#tracks.get(source) ?? null;
    // A stopped share goes `inactive`, so that the other side's track ends too; the section stays.
    if (source === "screen" || source === "screen-audio") {
      const direction = track ? "sendonly" : "inactive";
      if (transceiver.direction !== direction) transceiver.direction = direction;
    }
    transceiver.sender
      .replaceTrack(track?.media ?? null)
      .then(() => limitSender(transceiver.sender, source, this.links, track?.content))
      // Closed meanwhile; there is nothing left to send on.
      .catch(() => {});
  }
}

function isSource(name: string): name is Source {
  return Object.values(BY_ORDER).some((sources) => (sources as readonly string[]).includes(name));
}

function isStopped(transceiver: RTCRtpTransceiver): boolean {
  return transceiver.direction === "stopped" || transceiver.currentDirection === "stopped";
}
