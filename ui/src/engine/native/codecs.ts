/**
 * The parts of WebCodecs and mediacapture-transform that the worker uses. VP8 only: H.264 comes
 * length-prefixed out of WebKit whatever is asked for, and its AV1 encoder takes the web process down.
 */

export interface Codecs {
  encoder(init: VideoEncoderInit): VideoEncoder;
  decoder(init: VideoDecoderInit): VideoDecoder;
  chunk(init: EncodedVideoChunkInit): EncodedVideoChunk;
  /** The same picture at another time (microseconds). The caller closes both. */
  restamped(frame: VideoFrame, timestamp: number): VideoFrame;
}

export const webCodecs: Codecs = {
  encoder: (init) => new VideoEncoder(init),
  decoder: (init) => new VideoDecoder(init),
  chunk: (init) => new EncodedVideoChunk(init),
  restamped: (frame, timestamp) => new VideoFrame(frame, { timestamp }),
};

export const ENCODER: Omit<VideoEncoderConfig, "width" | "height"> = {
  codec: "vp8",
  latencyMode: "realtime",
};

export const DECODER: VideoDecoderConfig = { codec: "vp8", optimizeForLatency: true };

/** https://www.w3.org/TR/mediacapture-transform/; not in TypeScript's DOM, and in workers only. */
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
