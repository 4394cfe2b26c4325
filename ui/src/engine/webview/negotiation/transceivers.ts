import type { Other } from "../../../protocol/generated";
import type { Source } from "../../types";
import { CameraBandwidth } from "../quality/camera-bandwidth";
import { type CameraDemand, OPUS_PARAMETERS, orderCodecs, STEREO_PARAMETERS } from "../quality/encoding";
import { applyEncodingLimits, capturedSize } from "../quality/sender-parameters";
import { mediaSections, orderFormats, setOpusParameters } from "./sdp";

/** The source of a remote media section whose description has no `tracks`: decision 0005. */
const SOURCES_BY_ORDER: Record<"audio" | "video", readonly Source[]> = {
  audio: ["microphone", "screen-audio"],
  video: ["camera", "screen"],
};

/** A local track as this engine sends it. */
export interface OutgoingTrack {
  readonly media: MediaStreamTrack;
  readonly content?: "text" | "motion" | undefined;
}

/**
 * Maps sources to transceivers, in both directions.
 *
 * Microphone and camera have one transceiver each from the first offer on, sending or not, so that turning them on is
 * `replaceTrack`. A screen gets its transceiver when it is first shared and keeps it.
 */
export class Transceivers {
  #bySource = new Map<Source, RTCRtpTransceiver>();
  #tracks = new Map<Source, OutgoingTrack>();
  /** Microphone and camera share a stream, so the remote browser synchronises them; so do a screen and its audio. */
  #userStream = new MediaStream();
  #displayStream = new MediaStream();
  /** What the remote side sends in each media section, by mid. */
  #remoteSources = new Map<string, Source | Other>();
  #cameraBandwidth = new CameraBandwidth();
  /** The size that the limits of the screen were last set for. */
  #limitedScreenSize: string | null = null;

  constructor(
    private readonly pc: RTCPeerConnection,
    private demand: CameraDemand,
  ) {}

  /** Stores the track to send; `started`: this side may offer, so a missing transceiver is added. */
  setTrack(source: Source, track: OutgoingTrack | null, started: boolean): void {
    if (track) this.#tracks.set(source, track);
    else this.#tracks.delete(source);
    if (track && started) this.#ensure(source);
    const transceiver = this.#active(source);
    if (transceiver) this.#applyTrack(source, transceiver);
  }

  /** Before the first local offer. */
  addInitial(): void {
    this.#ensure("microphone");
    this.#ensure("camera");
    this.addMissing();
  }

  /** Adds a transceiver for every source that has a track and none: the browser then needs to offer. */
  addMissing(): void {
    for (const source of this.#tracks.keys()) this.#ensure(source);
  }

  /**
   * After a remote offer was set and before it is answered: sends microphone and camera in the sections that the offer
   * created for them. Local transceivers that never got a mid are stopped, or the next offer would add a second pair.
   * Returns whether a section was newly used.
   */
  reuseOffered(): boolean {
    const used = new Set<Source>();
    for (const transceiver of this.pc.getTransceivers()) {
      if (isStopped(transceiver)) continue;
      const source = this.sourceOfMid(transceiver.mid, "received");
      if ((source !== "microphone" && source !== "camera") || used.has(source)) continue;
      if ([...this.#bySource.values()].includes(transceiver)) continue;
      const existing = this.#active(source);
      if (existing && existing.mid !== null) continue;
      if (existing) existing.stop();
      used.add(source);
      this.#bySource.set(source, transceiver);
      transceiver.direction = "sendrecv";
      transceiver.sender.setStreams?.(this.#userStream);
      this.#applyTrack(source, transceiver);
    }
    return used.size > 0;
  }

  /** Stores what the remote sections carry: from `tracks`, or else by their order. */
  onRemoteDescription(sdp: string, tracks: Record<string, Source | Other> | undefined): void {
    const sections = mediaSections(sdp);
    if (tracks) this.#remoteSources = new Map(Object.entries(tracks));
    else {
      for (const kind of ["audio", "video"] as const) {
        sections
          .filter((section) => section.kind === kind)
          .forEach((section, index) => {
            const source = SOURCES_BY_ORDER[kind][index];
            if (section.mid !== null && source && !this.#remoteSources.has(section.mid))
              this.#remoteSources.set(section.mid, source);
          });
      }
    }
    const mids = new Set(sections.map((section) => section.mid));
    for (const mid of this.#remoteSources.keys()) if (!mids.has(mid)) this.#remoteSources.delete(mid);
  }

  /** For `PeerSignal.tracks`: the local source of each mid. Only valid once mids are assigned. */
  sourcesByMid(): Record<string, Source> {
    const sources: Record<string, Source> = {};
    for (const [source, transceiver] of this.#bySource) {
      if (transceiver.mid !== null && !isStopped(transceiver)) sources[transceiver.mid] = source;
    }
    return sources;
  }

  /** The remote sources that are negotiated to be received. */
  receiving(): { source: Source; receiver: RTCRtpReceiver }[] {
    return this.pc.getTransceivers().flatMap((transceiver) => {
      const source = this.sourceOfMid(transceiver.mid, "received");
      const receives =
        transceiver.currentDirection === "sendrecv" || transceiver.currentDirection === "recvonly";
      return source && receives ? [{ source, receiver: transceiver.receiver }] : [];
    });
  }

  /**
   * The SDP to send instead of `sdp`, with the preferences for each section. The local description stays as the browser
   * made it but for {@link localChange}, which keeps `setLocalDescription()` without arguments and with it race-free
   * negotiation.
   *
   * Video codecs are ordered in offers and answers alike, because each side sends the first codec of the description it
   * received. Not by `setCodecPreferences`: with it, Firefox mixes its own payload types with the negotiated ones in later
   * offers, which Chromium rejects.
   */
  withPreferences(sdp: string): string {
    const sourceOf = (mid: string) => this.sourceOfMid(mid, "sent") ?? this.sourceOfMid(mid, "received");
    const ordered = orderFormats(sdp, "video", (mid, formats) => {
      const source = sourceOf(mid);
      return source ? orderCodecs(formats, source) : formats;
    });
    return setOpusParameters(
      ordered,
      (mid) => OPUS_PARAMETERS[sourceOf(mid) === "screen-audio" ? "screen-audio" : "microphone"],
    );
  }

  /**
   * Browsers on libwebrtc decode Opus in stereo only where their own local description says so; others say so always.
   * Null while no sound of a screen is received.
   */
  localChange(): ((sdp: string) => string) | null {
    if (![...this.#remoteSources.values()].includes("screen-audio")) return null;
    return (sdp) =>
      setOpusParameters(sdp, (mid) =>
        this.#remoteSources.get(mid) === "screen-audio" ? STEREO_PARAMETERS : null,
      );
  }

  sourceOfMid(mid: string | null, direction: "sent" | "received"): Source | null {
    if (mid === null) return null;
    if (direction === "received") {
      // A source that a later version added is not shown.
      const source = this.#remoteSources.get(mid);
      return source !== undefined && isSource(source) ? source : null;
    }
    for (const [source, transceiver] of this.#bySource) if (transceiver.mid === mid) return source;
    return null;
  }

  /** What each link may use changed. */
  setDemand(demand: CameraDemand): void {
    this.demand = demand;
    this.applyEncodingLimits();
  }

  /** After each negotiation, because senders have no encodings before it. */
  applyEncodingLimits(): void {
    for (const [source, transceiver] of this.#bySource) {
      if (isStopped(transceiver)) continue;
      void applyEncodingLimits(transceiver.sender, source, this.demand, this.#tracks.get(source)?.content);
    }
  }

  /** Several times a second while connected; `now` in milliseconds. */
  tick(now: number): void {
    const camera = this.#tracks.has("camera") ? this.#active("camera") : null;
    if (camera) void this.#cameraBandwidth.tick(camera.sender, () => this.demand, now);
    this.#followScreenSize();
  }

  /** A shared window is resized, or another one is shared: its limits depend on its size. */
  #followScreenSize(): void {
    const track = this.#tracks.get("screen");
    const screen = track && this.#active("screen");
    const size = capturedSize(track?.media ?? null);
    const key = size ? `${size.width}×${size.height}` : null;
    if (!screen || key === this.#limitedScreenSize) return;
    this.#limitedScreenSize = key;
    void applyEncodingLimits(screen.sender, "screen", this.demand, track.content);
  }

  #active(source: Source): RTCRtpTransceiver | null {
    const transceiver = this.#bySource.get(source);
    return transceiver && !isStopped(transceiver) ? transceiver : null;
  }

  #ensure(source: Source): void {
    if (this.#active(source)) return;
    const fromUser = source === "microphone" || source === "camera";
    const transceiver = this.pc.addTransceiver(
      source === "microphone" || source === "screen-audio" ? "audio" : "video",
      {
        direction: fromUser ? "sendrecv" : "sendonly",
        streams: [fromUser ? this.#userStream : this.#displayStream],
      },
    );
    this.#bySource.set(source, transceiver);
    this.#applyTrack(source, transceiver);
  }

  #applyTrack(source: Source, transceiver: RTCRtpTransceiver): void {
    const track = this.#tracks.get(source) ?? null;
    // A stopped share becomes `inactive`, so that the remote track ends too; the section is kept for the next share.
    if (source === "screen" || source === "screen-audio") {
      const direction = track ? "sendonly" : "inactive";
      if (transceiver.direction !== direction) transceiver.direction = direction;
    }
    transceiver.sender
      .replaceTrack(track?.media ?? null)
      .then(() => applyEncodingLimits(transceiver.sender, source, this.demand, track?.content))
      // The connection was closed meanwhile.
      .catch(() => {});
  }
}

function isSource(name: string): name is Source {
  return Object.values(SOURCES_BY_ORDER).some((sources) => (sources as readonly string[]).includes(name));
}

function isStopped(transceiver: RTCRtpTransceiver): boolean {
  return transceiver.direction === "stopped" || transceiver.currentDirection === "stopped";
}
