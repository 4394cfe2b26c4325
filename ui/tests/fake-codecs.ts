/** WebCodecs without a browser: frames that record whether they were closed, codecs that a test controls. */
import type { Codecs } from "../src/engine/native/worker/codecs";

export class FakeFrame {
  static open = 0;
  closed = false;

  constructor(
    readonly displayWidth: number,
    readonly displayHeight: number,
    readonly timestamp = 0,
  ) {
    FakeFrame.open += 1;
  }

  clone(): FakeFrame {
    if (this.closed) throw new Error("cloned after close");
    return new FakeFrame(this.displayWidth, this.displayHeight, this.timestamp);
  }

  close(): void {
    if (!this.closed) FakeFrame.open -= 1;
    this.closed = true;
  }
}

export function frame(width = 640, height = 480, timestamp = 0): VideoFrame {
  return new FakeFrame(width, height, timestamp) as unknown as VideoFrame;
}

class FakeEncoder {
  state = "unconfigured";
  encodeQueueSize = 0;
  configs: VideoEncoderConfig[] = [];
  encoded: { timestamp: number; keyFrame: boolean }[] = [];
  /** Comes out at once; otherwise on `emit`. */
  prompt = true;
  refuse: Error | null = null;

  constructor(readonly init: VideoEncoderInit) {}

  configure(config: VideoEncoderConfig): void {
    this.state = "configured";
    this.configs.push(config);
  }

  encode({ timestamp }: VideoFrame, { keyFrame = false }: { keyFrame?: boolean }): void {
    if (this.refuse) throw this.refuse;
    this.encoded.push({ timestamp, keyFrame });
    if (this.prompt) this.emit(timestamp, keyFrame);
  }

  emit(timestamp: number, key: boolean, byteLength = 100): void {
    const chunk = { timestamp, byteLength, type: key ? "key" : "delta", copyTo: () => {} };
    this.init.output(chunk as unknown as EncodedVideoChunk, {});
  }

  fail(message: string): void {
    this.state = "closed";
    this.init.error(new DOMException(message, "EncodingError"));
  }

  close(): void {
    this.state = "closed";
  }
}

class FakeDecoder {
  state = "unconfigured";
  decoded: EncodedVideoChunkInit[] = [];
  prompt = true;

  constructor(readonly init: VideoDecoderInit) {}

  configure(): void {
    this.state = "configured";
  }

  decode(chunk: EncodedVideoChunkInit): void {
    if (this.state !== "configured") throw new Error("not configured");
    this.decoded.push(chunk);
    if (this.prompt) this.emit(chunk.timestamp);
  }

  emit(timestamp: number): void {
    this.init.output(frame(640, 480, timestamp));
  }

  fail(message: string): void {
    this.state = "closed";
    this.init.error(new DOMException(message, "EncodingError"));
  }

  close(): void {
    this.state = "closed";
  }
}

export class FakeCodecs implements Codecs {
  encoders: FakeEncoder[] = [];
  decoders: FakeDecoder[] = [];
  /** For each codec that is made from now on. */
  prepare: { encoder(made: FakeEncoder): void; decoder(made: FakeDecoder): void } = {
    encoder: () => {},
    decoder: () => {},
  };

  encoder(init: VideoEncoderInit): VideoEncoder {
    const made = new FakeEncoder(init);
    this.encoders.push(made);
    this.prepare.encoder(made);
    return made as unknown as VideoEncoder;
  }

  decoder(init: VideoDecoderInit): VideoDecoder {
    const made = new FakeDecoder(init);
    this.decoders.push(made);
    this.prepare.decoder(made);
    return made as unknown as VideoDecoder;
  }

  chunk(init: EncodedVideoChunkInit): EncodedVideoChunk {
    return init as unknown as EncodedVideoChunk;
  }

  withTimestamp(original: VideoFrame, timestamp: number): VideoFrame {
    return frame(original.displayWidth, original.displayHeight, timestamp);
  }
}
