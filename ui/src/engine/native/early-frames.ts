import type { StreamId } from "./bridge";
import type { FrameHeader } from "./wire";

/** Streams the page has not named yet; of more, the newest. */
const MAX_STREAMS = 16;
/** Of one stream: a keyframe and what follows it in a second. */
const MAX_FRAMES = 30;
const MAX_BYTES = 1024 * 1024;
/** Older than this it would only have to be caught up with. Milliseconds. */
const MAX_AGE_MS = 1_000;

export interface EarlyFrame {
  header: FrameHeader;
  payload: Uint8Array;
}

interface Kept {
  frames: EarlyFrame[];
  bytes: number;
  since: number;
}

/**
 * Frames that came before the page named their stream. They take the short way, through the socket, and its
 * name the long one, through the page: thrown away, each join would wait for a second keyframe.
 */
export class EarlyFrames {
  /** `null`: something of it is lost, and only a keyframe helps. */
  #streams = new Map<StreamId, Kept | null>();

  add(header: FrameHeader, payload: Uint8Array, now: number): void {
    const before = this.#streams.get(header.stream) ?? null;
    this.#streams.delete(header.stream);
    const kept = header.keyframe ? { frames: [], bytes: 0, since: now } : before;
    const fits =
      kept !== null && kept.frames.length < MAX_FRAMES && kept.bytes + payload.byteLength <= MAX_BYTES;
    if (fits) {
      kept.frames.push({ header, payload });
      kept.bytes += payload.byteLength;
    }
    this.#streams.set(header.stream, fits ? kept : null);
    const [oldest] = this.#streams.keys();
    if (oldest !== undefined && this.#streams.size > MAX_STREAMS) this.#streams.delete(oldest);
  }

  /** What is there, from a keyframe on; `null` when something came of which nothing can be used. */
  take(stream: StreamId, now: number): readonly EarlyFrame[] | null {
    const kept = this.#streams.get(stream);
    if (!this.#streams.delete(stream)) return [];
    return kept && now - kept.since <= MAX_AGE_MS ? kept.frames : null;
  }

  delete(stream: StreamId): void {
    this.#streams.delete(stream);
  }
}
