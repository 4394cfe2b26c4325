import type { Engine, LocalTrack, Source } from "../engine/types";
import { checkPeerMessage } from "../protocol/check";
import type { IceServer, PeerMessage, PeerSignal } from "../protocol/generated";
import { ParticipantLink } from "./participant-link";

export interface ParticipantLinksEvents {
  /** Something that the snapshot shows changed. */
  changed(): void;
  status(key: string, link: ParticipantLink): void;
  /** A checked message, within the rate limit. */
  message(key: string, message: PeerMessage): void;
  signal(key: string, signal: PeerSignal): void;
}

/**
 * So long after a channel opens `hello` is sent once more. The first message of a channel was lost twice in hundreds of joins
 * on a busy machine, for a reason that is not known, and without it the other side shows no state and sends no files.
 * Milliseconds.
 */
export const HELLO_AGAIN_MS = 2_000;
/** u16, as in Rust. */
const MAX_HEIGHT = 65_535;

/** One link per remote participant, by the roster's keys. */
export class ParticipantLinks {
  #links = new Map<string, ParticipantLink>();
  #iceServers: readonly IceServer[] = [];

  constructor(
    private readonly engine: Engine,
    private readonly now: () => number,
    /** Our own `hello`; null while not in a room. */
    private readonly hello: () => Extract<PeerMessage, { type: "hello" }> | null,
    private readonly events: ParticipantLinksEvents,
  ) {}

  get(key: string): ParticipantLink | undefined {
    return this.#links.get(key);
  }

  values(): IterableIterator<ParticipantLink> {
    return this.#links.values();
  }

  /** Replaces the link of this key, if there is one. `tracks`: what it sends from the start. */
  open(
    key: string,
    options: { offerFirst: boolean; polite: boolean },
    tracks: ReadonlyMap<Source, LocalTrack>,
  ): void {
    const replaced = this.#links.get(key);
    this.close(key);
    const entry = new ParticipantLink(key, this.now());
    this.#links.set(key, entry);
    // A closed link may still report: ignore it once it has been replaced.
    const current = () => this.#links.get(key) === entry;
    entry.link = this.engine.createLink({
      ...options,
      iceServers: this.#iceServers,
      send: (signal) => {
        if (current()) this.events.signal(key, signal);
      },
      events: {
        status: (status, detail) => {
          if (!current()) return;
          entry.status = status;
          if (status === "connected") entry.connectedOnce = true;
          entry.error = detail;
          this.events.status(key, entry);
        },
        tracks: (tracks) => {
          if (!current()) return;
          entry.setTracks(tracks, () => this.events.changed());
          this.events.changed();
        },
        problems: (problems) => {
          if (!current()) return;
          entry.problems = problems;
          this.events.changed();
        },
        open: () => {
          if (!current()) return;
          entry.helloPending = true;
          entry.helloAgainAt = this.now() + HELLO_AGAIN_MS;
          entry.shownPending = entry.shownHeight !== null;
          this.flush();
        },
        message: (text) => {
          if (!current() || !entry.receiveLimit.take(this.now())) return;
          const checked = checkPeerMessage(text);
          if (checked.ok) this.events.message(key, checked.value);
        },
      },
    });
    entry.shownHeight = replaced?.shownHeight ?? null;
    for (const [source, track] of tracks) entry.link.setTrack(source, track);
  }

  close(key: string): void {
    const entry = this.#links.get(key);
    if (!entry) return;
    this.#links.delete(key);
    entry.close();
  }

  setIceServers(servers: readonly IceServer[]): void {
    this.#iceServers = servers;
    for (const { link } of this.#links.values()) link?.setIceServers(servers);
  }

  setTrack(source: Source, track: LocalTrack | null): void {
    for (const { link } of this.#links.values()) link?.setTrack(source, track);
  }

  /** Our ID changed: sends `hello` on every link. */
  queueHello(): void {
    for (const entry of this.#links.values()) entry.helloPending = true;
    this.flush();
  }

  /** Our media state changed: sends `state` on every link. */
  queueState(): void {
    for (const entry of this.#links.values()) entry.statePending = true;
    this.flush();
  }

  /** How large we show the cameras, by key, in physical pixels; those that are missing are not on the screen. */
  setShownHeights(heights: ReadonlyMap<string, number>): void {
    for (const [key, entry] of this.#links) {
      const height = Math.min(MAX_HEIGHT, Math.max(0, Math.round(heights.get(key) ?? 0)));
      if (height === entry.shownHeight) continue;
      entry.shownHeight = height;
      entry.shownPending = true;
    }
    this.flush();
  }

  /** Sends pending `hello`, `state` and `shown` messages; those that cannot be sent yet stay pending. */
  flush(): void {
    const hello = this.hello();
    if (hello === null) return;
    for (const entry of this.#links.values()) {
      if (entry.helloAgainAt !== null && this.now() >= entry.helloAgainAt) {
        entry.helloAgainAt = null;
        entry.helloPending = true;
      }
      if (entry.helloPending) {
        entry.helloPending = !entry.send(hello);
        // `hello` includes the state.
        if (!entry.helloPending) entry.statePending = false;
      } else if (entry.statePending) {
        entry.statePending = !entry.send({ type: "state", state: hello.state });
      }
      if (entry.shownPending && !entry.helloPending)
        entry.shownPending = !entry.send({ type: "shown", source: "camera", height: entry.shownHeight ?? 0 });
    }
  }

  /** Sends on the links of these keys (null: on all); returns the keys of those that did not take it. */
  broadcast(message: PeerMessage, keys: readonly string[] | null): string[] {
    return [...this.#links]
      .filter(([key, entry]) => (keys === null || keys.includes(key)) && !entry.send(message))
      .map(([key]) => key);
  }
}
