import type { Link, LinkProblem, LinkStatus, RemoteTrack, Source } from "../engine/types";
import type { MediaState, PeerMessage } from "../protocol/generated";
import { TokenBucket } from "./token-bucket";

/** Messages accepted from one participant; messages over the limit are dropped unread. */
const MAX_MESSAGE_BURST = 60;
const MAX_MESSAGES_PER_SECOND = 20;

/** The link to one participant, with what it last reported. */
export class ParticipantLink {
  link: Link | null = null;
  status: LinkStatus = "connecting";
  /** DTLS keys are agreed: an ICE restart is enough to repair the link. */
  connectedOnce = false;
  /** Technical, untranslated; empty without an error. */
  error = "";
  problems: readonly LinkProblem[] = [];
  tracks: Partial<Record<Source, RemoteTrack>> = {};
  /** As they last sent it; null before their first `hello`. */
  reportedState: MediaState | null = null;
  /** Whether `files` is among the features of their `hello`. */
  files = false;
  /** Messages to send as soon as the data channel takes them. */
  helloPending = false;
  /** When it is sent once more; null: it was, or the channel is not open yet. */
  helloAgainAt: number | null = null;
  statePending = false;
  /** How large we show their camera, in physical pixels; null: not said yet. */
  shownHeight: number | null = null;
  shownPending = false;
  readonly receiveLimit: TokenBucket;
  #unsubscribe: (() => void)[] = [];

  constructor(
    readonly key: string,
    now: number,
  ) {
    this.receiveLimit = new TokenBucket(MAX_MESSAGES_PER_SECOND, MAX_MESSAGE_BURST, now);
  }

  setTracks(tracks: readonly RemoteTrack[], changed: () => void): void {
    this.#unsubscribeTracks();
    this.tracks = Object.fromEntries(tracks.map((track) => [track.source, track]));
    this.#unsubscribe = tracks.map((track) => track.onChange(changed));
  }

  /** As reported by the participant; derived from the tracks for peers without a data channel. */
  mediaState(): MediaState {
    const { microphone, camera, screen } = this.tracks;
    return (
      this.reportedState ?? {
        microphone: microphone?.live() ?? false,
        camera: camera?.live() ?? false,
        screen: screen?.live() ?? false,
        hand: false,
      }
    );
  }

  /** Of the microphone, 0–1. */
  level(): number {
    return Math.max(this.tracks.microphone?.level() ?? 0, 0);
  }

  /** False when the message was not sent: no channel yet, or its queue is full. */
  send(message: PeerMessage): boolean {
    return this.link?.sendMessage(JSON.stringify(message)) ?? false;
  }

  close(): void {
    this.#unsubscribeTracks();
    this.link?.close();
    this.link = null;
  }

  #unsubscribeTracks(): void {
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    this.#unsubscribe = [];
  }
}
