import type { LinkProblem, LinkStatus, RemoteTrack } from "../../types";
import { WebviewLink } from "../link";
import type { WebviewAudio } from "../media/audio";
import type { FakeBrowser } from "./fake-browser";
import type { FakePeerConnection } from "./fake-peer-connection";
import { FakeSignaling, type Side } from "./fake-signaling";
import { iceServersOf, PeerConnectionsBySide } from "./peer-connections-by-side";
import { StepQueue } from "./step-queue";

/** Audio that is neither played nor metered. */
export const NO_AUDIO = { play: () => () => {}, meter: () => null } as unknown as WebviewAudio;

/** One {@link WebviewLink} and what it reported. */
export interface LinkSide {
  readonly link: WebviewLink;
  readonly statuses: [LinkStatus, string][];
  readonly messages: string[];
  tracks: readonly RemoteTrack[];
  problems: readonly LinkProblem[];
  /** Times the data channel opened. */
  opened: number;
}

export interface LinkPairOptions {
  /** The side that offers at once; the other waits `OFFER_WAIT_MS`. Null: both wait. */
  offersFirst?: Side | null;
  browsers?: Partial<Record<Side, FakeBrowser>>;
}

/** Two WebviewLinks and the signaling between them. `b` is polite. Needs fake timers. */
export class LinkPair {
  readonly queue = new StepQueue();
  readonly signaling = new FakeSignaling(this.queue);
  a: LinkSide;
  b: LinkSide;
  readonly peerConnections: PeerConnectionsBySide;
  #browsers: Partial<Record<Side, FakeBrowser>>;

  /** `install` makes its argument the global RTCPeerConnection. */
  constructor(
    install: (peerConnection: unknown) => void,
    { offersFirst = "a", browsers = {} }: LinkPairOptions = {},
  ) {
    this.#browsers = browsers;
    this.peerConnections = new PeerConnectionsBySide(this.queue, browsers);
    install(this.peerConnections.constructorFunction);
    this.a = this.#side("a", offersFirst === "a");
    this.b = this.#side("b", offersFirst === "b");
  }

  /** The RTCPeerConnection that `side` uses now. */
  pc(side: Side): FakePeerConnection {
    return this.peerConnections.current(side);
  }

  /** `side` replaces its link by a new one, which offers first: the retry button, or a reload. */
  reopen(side: Side): void {
    this[side].link.close();
    this[side] = this.#side(side, true);
  }

  close(): void {
    this.a.link.close();
    this.b.link.close();
  }

  #side(name: Side, offerFirst: boolean): LinkSide {
    const seen = {
      statuses: [] as [LinkStatus, string][],
      messages: [] as string[],
      tracks: [] as readonly RemoteTrack[],
      problems: [] as readonly LinkProblem[],
      opened: 0,
    };
    const link = new WebviewLink(
      {
        iceServers: iceServersOf(name),
        polite: name === "b",
        offerFirst,
        isFirefox: this.#browsers[name]?.isFirefox ?? false,
        send: (signal) => this.signaling.send(name, signal),
        events: {
          status: (status, detail) => seen.statuses.push([status, detail]),
          tracks: (tracks) => {
            seen.tracks = tracks;
          },
          problems: (problems) => {
            seen.problems = problems;
          },
          open: () => {
            seen.opened += 1;
          },
          message: (text) => seen.messages.push(text),
        },
      },
      { links: 1, shownHeight: null, large: 0 },
      NO_AUDIO,
      () => {},
      () => {},
    );
    this.signaling.receivers[name] = (signal) => link.receive(signal);
    return Object.assign(seen, { link });
  }
}
