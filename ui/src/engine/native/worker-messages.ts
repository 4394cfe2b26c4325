/** What page and video worker tell each other. Both are this program, of one build: nothing is checked. */
import type { EngineProblem } from "../types";
import type { StreamId } from "./bridge";
import type { Content, Size } from "./ladder";

export type ToVideoWorker =
  | { type: "connect"; url: string; token: string }
  /**
   * Encode this track as `stream` whenever the shell wants it; it is transferred, or the page keeps it (null).
   * Nothing larger than `limit` is sent of it.
   */
  | { type: "send"; stream: StreamId; content: Content; track: MediaStreamTrack | null; limit: Size | null }
  | { type: "content"; stream: StreamId; content: Content }
  | { type: "end-send"; stream: StreamId }
  | { type: "receive"; stream: StreamId; source: VideoSource }
  | { type: "end-receive"; stream: StreamId }
  /** The answer to `grab`: a picture, transferred, or that there is no new one. */
  | { type: "grabbed"; stream: StreamId; frame: VideoFrame | null }
  /** The answer to `draw`. */
  | { type: "drawn"; stream: StreamId };

export type FromVideoWorker =
  /** First, and once. */
  | { type: "ready"; problems: EngineProblem[] }
  /** What shows a remote stream; transferred. */
  | { type: "track"; stream: StreamId; track: MediaStreamTrack }
  | { type: "live"; stream: StreamId; live: boolean }
  /** The frames of the track that was transferred have no size: nothing can be made of them here. */
  | { type: "sizeless"; stream: StreamId }
  /** Asks for the newest picture of a track that the page kept. */
  | { type: "grab"; stream: StreamId }
  /** A picture of a remote stream for the page to draw, where workers cannot make tracks; transferred. */
  | { type: "draw"; stream: StreamId; frame: VideoFrame }
  /** Every second while there are streams; all of them. */
  | { type: "stats"; streams: VideoStreamStats[] }
  /** Something that is tried again by itself, for the log. */
  | { type: "trouble"; detail: string };

export type VideoSource = "camera" | "screen";

export interface VideoStreamStats {
  stream: StreamId;
  /** Of the newest frame; null before the first. */
  width: number | null;
  height: number | null;
  /** Over the last second. */
  framesPerSecond: number;
  /** Encoded or decoded since the stream began. */
  frames: number;
  /** Mean milliseconds from the codec's input to its output, over the last second. */
  codecTime: number | null;
}
