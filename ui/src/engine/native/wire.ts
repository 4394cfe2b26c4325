/**
 * The protocol of the media socket between the worker and the shell (`crates/engine/src/media_socket`). Binary messages
 * are encoded frames after a header of 16 bytes, little-endian; text messages are control messages in JSON.
 *
 *  0  u8   kind: 1, a VP8 frame
 *  1  u8   flags: 1, a keyframe
 *  2  u16  to the worker: playout delay in milliseconds after arrival, for lip sync; to the shell: 0
 *  4  u32  stream
 *  8  u32  capture time on the 90 kHz RTP clock, wrapping (RFC 7741 §4.1)
 * 12  u16  width, 14 u16 height, in pixels; to the shell only
 */
import * as v from "valibot";
import type { StreamId } from "./bridge";

export const MEDIA_PROTOCOL = "maru-media.v1";
export const HEADER_BYTES = 16;
/** Larger than any frame this engine encodes; the same limit as in `crates/peer`. */
export const MAX_FRAME_BYTES = 2 * 1024 * 1024;
const VIDEO = 1;
const KEYFRAME = 1;

export interface FrameHeader {
  stream: StreamId;
  keyframe: boolean;
  /** Milliseconds after arrival. */
  playoutDelay: number;
  timestamp: number;
  width: number;
  height: number;
}

/** A message with the header, and space for `bytes` of payload after it. */
export function writeHeader(header: FrameHeader, bytes: number): ArrayBuffer {
  const buffer = new ArrayBuffer(HEADER_BYTES + bytes);
  const view = new DataView(buffer);
  view.setUint8(0, VIDEO);
  view.setUint8(1, header.keyframe ? KEYFRAME : 0);
  view.setUint16(2, header.playoutDelay, true);
  view.setUint32(4, header.stream, true);
  view.setUint32(8, header.timestamp, true);
  view.setUint16(12, header.width, true);
  view.setUint16(14, header.height, true);
  return buffer;
}

/** Null if the message is no frame. */
export function readHeader(message: ArrayBuffer): FrameHeader | null {
  if (message.byteLength <= HEADER_BYTES || message.byteLength > HEADER_BYTES + MAX_FRAME_BYTES) return null;
  const view = new DataView(message);
  if (view.getUint8(0) !== VIDEO) return null;
  return {
    keyframe: (view.getUint8(1) & KEYFRAME) !== 0,
    playoutDelay: view.getUint16(2, true),
    stream: view.getUint32(4, true),
    timestamp: view.getUint32(8, true),
    width: view.getUint16(12, true),
    height: view.getUint16(14, true),
  };
}

const stream = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0xffffffff));

const toWorker = v.variant("type", [
  /** Encode this local stream at this bitrate (bits per second); 0: no link sends it. */
  v.object({ type: v.literal("encode"), stream, bitrate: v.pipe(v.number(), v.integer(), v.minValue(0)) }),
  /** A receiver of this local stream needs a keyframe. */
  v.object({ type: v.literal("keyframe"), stream }),
]);
export type ToWorker = v.InferOutput<typeof toWorker>;

/** The decoder of this remote stream needs a keyframe. */
type FromWorker = { type: "keyframe"; stream: StreamId };

/** Null for messages that this version does not know. */
export function readControl(text: string): ToWorker | null {
  try {
    const parsed = v.safeParse(toWorker, JSON.parse(text));
    return parsed.success ? parsed.output : null;
  } catch {
    return null;
  }
}

export function writeControl(message: FromWorker): string {
  return JSON.stringify(message);
}
