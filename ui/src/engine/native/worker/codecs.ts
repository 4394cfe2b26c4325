/**
 * The parts of WebCodecs and mediacapture-transform that the worker uses. VP8 only: WebKit's H.264 is length-prefixed
 * whatever format is requested, and its AV1 encoder crashes the web process.
 */

export interface Codecs {
  encoder(init: VideoEncoderInit): VideoEncoder;
  decoder(init: VideoDecoderInit): VideoDecoder;
  chunk(init: EncodedVideoChunkInit): EncodedVideoChunk;
  /** A copy of the frame with another timestamp (microseconds). The caller closes both. */
  withTimestamp(frame: VideoFrame, timestamp: number): VideoFrame;
}

export const webCodecs: Codecs = {
  encoder: (init) => new VideoEncoder(init),
  decoder: (init) => new VideoDecoder(init),
  chunk: (init) => new EncodedVideoChunk(init),
  withTimestamp: (frame, timestamp) => new VideoFrame(frame, { timestamp }),
};

export const ENCODER: Omit<VideoEncoderConfig, "width" | "height"> = {
  codec: "vp8",
  latencyMode: "realtime",
};

export const DECODER: VideoDecoderConfig = { codec: "vp8", optimizeForLatency: true };

/** https://www.w3.org/TR/mediacapture-transform/: in workers only, and missing in TypeScript's DOM types. */
export interface FrameAccess {
  MediaStreamTrackProcessor?: new (init: {
    track: MediaStreamTrack;
    maxBufferSize?: number;
  }) => { readonly readable: ReadableStream<VideoFrame> };
  VideoTrackGenerator?: new () => {
    readonly writable: WritableStream<VideoFrame>;
    readonly track: MediaStreamTrack;
  };
}

export const frameAccess = globalThis as FrameAccess;
