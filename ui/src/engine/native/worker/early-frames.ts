import type { StreamId } from "../bridge";
import type { FrameHeader } from "../wire";

/** Most streams kept; of more, the newest. */
const MAX_STREAMS = 16;
/** Most frames of one stream: a keyframe and those of one second after it. */
const MAX_FRAMES = 30;
const MAX_BYTES = 1024 * 1024;
/** Older frames would only delay the newer ones. Milliseconds. */
const MAX_AGE_MS = 1_000;

export interface EarlyFrame {
  header: FrameHeader;
  payload: Uint8Array;
}

interface Buffered {
  frames: EarlyFrame[];
  bytes: number;
  since: number;
}

/**
 * Buffers frames that arrive before the page has announced their stream: frames arrive directly through the socket, the
 * announcement through the page. Without the buffer each join would wait for a second keyframe.
 */
export class EarlyFrames {
  /** Null for a stream with a lost frame, which needs a keyframe. */
  #streams = new Map<StreamId, Buffered | null>();

  add(header: FrameHeader, payload: Uint8Array, now: number): void {
    const before = this.#streams.get(header.stream) ?? null;
    this.#streams.delete(header.stream);
    const buffered = header.keyframe ? { frames: [], bytes: 0, since: now } : before;
    const fits =
      buffered !== null &&
      buffered.frames.length < MAX_FRAMES &&
      buffered.bytes + payload.byteLength <= MAX_BYTES;
    if (fits) {
      buffered.frames.push({ header, payload });
      buffered.bytes += payload.byteLength;
    }
    this.#streams.set(header.stream, fits ? buffered : null);
    const [oldest] = this.#streams.keys();
    if (oldest !== undefined && this.#streams.size > MAX_STREAMS) this.#streams.delete(oldest);
  }

  /** Removes and returns the frames from the keyframe on: empty if none arrived, null if they cannot be decoded. */
  take(stream: StreamId, now: number): readonly EarlyFrame[] | null {
    const buffered = this.#streams.get(stream);
    if (!this.#streams.delete(stream)) return [];
    return buffered && now - buffered.since <= MAX_AGE_MS ? buffered.frames : null;
  }

  delete(stream: StreamId): void {
    this.#streams.delete(stream);
  }
}
