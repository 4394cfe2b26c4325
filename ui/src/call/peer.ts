import type { Link, LinkProblem, LinkStatus, RemoteTrack, Source } from "../engine/types";
import type { MediaState, PeerMessage } from "../protocol/generated";
import { Rate } from "./rate";

/** Messages one participant may send us: a burst, then per second. What is beyond is dropped unread. */
const BURST = 60;
const PER_SECOND = 20;

/** A member's link and what came over it. */
export class Peer {
  link: Link | null = null;
  status: LinkStatus = "connecting";
  /** Its keys are agreed: a new path is enough to repair it. */
  connectedOnce = false;
  detail = "";
  problems: readonly LinkProblem[] = [];
  tracks: Partial<Record<Source, RemoteTrack>> = {};
  /** Their own word; null until they gave it. */
  state: MediaState | null = null;
  /** What they have not been told yet. */
  owedHello = false;
  owedState = false;
  readonly rate: Rate;
  #unwatch: (() => void)[] = [];

  constructor(
    readonly key: string,
    now: number,
  ) {
    this.rate = new Rate(PER_SECOND, BURST, now);
  }

  setTracks(tracks: readonly RemoteTrack[], changed: () => void): void {
    this.#release();
    this.tracks = Object.fromEntries(tracks.map((track) => [track.source, track]));
    this.#unwatch = tracks.map((track) => track.onChange(changed));
  }

  /** Their word, or what the tracks show for peers without a data channel. */
  mediaState(): MediaState {
    const { microphone, camera, screen } = this.tracks;
    return (
      this.state ?? {
        microphone: microphone?.live() ?? false,
        camera: camera?.live() ?? false,
        screen: screen?.live() ?? false,
        hand: false,
      }
    );
  }

  level(): number {
    return Math.max(this.tracks.microphone?.level() ?? 0, 0);
  }

  send(message: PeerMessage): boolean {
    return this.link?.sendMessage(JSON.stringify(message)) ?? false;
  }

  close(): void {
    this.#release();
    this.link?.close();
    this.link = null;
  }

  #release(): void {
    for (const unwatch of this.#unwatch) unwatch();
    this.#unwatch = [];
  }
}
