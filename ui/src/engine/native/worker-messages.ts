/** Messages between the page and the video worker. Not validated: both are of the same build. */
import type { EngineProblem } from "../types";
import type { StreamId } from "./bridge";

/** What a stream shows, which decides what is reduced at low bitrates: see `worker/ladder.ts`. */
export type Content = "camera" | "text" | "motion";

/** Pixels. */
export interface Size {
  width: number;
  height: number;
}

export type ToVideoWorker =
  | { type: "connect"; url: string; token: string }
  /**
   * Encode this track as `stream` while the shell requests a bitrate for it. The track is transferred; null if the page
   * keeps it. Frames are scaled down to `maxSize`.
   */
  | { type: "send"; stream: StreamId; content: Content; track: MediaStreamTrack | null; maxSize: Size | null }
  | { type: "content"; stream: StreamId; content: Content }
  /** The largest height in which a receiver shows the stream, in physical pixels; null: not known. */
  | { type: "shown-height"; stream: StreamId; height: number | null }
  | { type: "end-send"; stream: StreamId }
  | { type: "receive"; stream: StreamId; source: VideoSource }
  | { type: "end-receive"; stream: StreamId }
  /** The answer to `grab`: a frame, transferred; null if there is no new one. */
  | { type: "grabbed"; stream: StreamId; frame: VideoFrame | null }
  /** The answer to `draw`. */
  | { type: "drawn"; stream: StreamId };

export type FromVideoWorker =
  /** The first message. */
  | { type: "ready"; problems: EngineProblem[] }
  /** The track of a remote stream; transferred. */
  | { type: "track"; stream: StreamId; track: MediaStreamTrack }
  | { type: "live"; stream: StreamId; live: boolean }
  /** The frames of the transferred track have size zero, so the worker cannot encode them. */
  | { type: "zero-size-frames"; stream: StreamId }
  /** Requests the newest frame of a track that the page kept. */
  | { type: "grab"; stream: StreamId }
  /** A frame of a remote stream for the page to draw, if workers cannot create tracks; transferred. */
  | { type: "draw"; stream: StreamId; frame: VideoFrame }
  /** Every second while there are streams: those of all streams. */
  | { type: "stats"; streams: VideoStreamStats[] }
  /** A failure that is retried, for the log. */
  | { type: "warning"; detail: string };

export type VideoSource = "camera" | "screen";

export interface VideoStreamStats {
  stream: StreamId;
  /** Size of the newest frame; null before the first. */
  width: number | null;
  height: number | null;
  /** Over the last second. */
  framesPerSecond: number;
  /** Encoded or decoded since the stream started. */
  frames: number;
  /** Mean codec latency over the last second, in milliseconds. */
  codecTime: number | null;
}
