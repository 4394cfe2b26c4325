import type {
  Capabilities,
  CaptureLack,
  Engine,
  EngineProblem,
  Link,
  LinkOptions,
  Processing,
} from "../types";
import { emptyWhenGone } from "../video-element";
import type { LinkId, NativeBridge, NativeCommand, NativeEvent, NativeOpened } from "./bridge";
import { NativeDevices } from "./devices";
import { NativeLink } from "./link";
import { Sound } from "./sound";
import { neverScaleCameras } from "./unscaled-capture";
import { VideoWorker } from "./video-worker";

/** Calls that the shell carries: sound in Rust, video in a worker of this page. */
export class NativeEngine implements Engine {
  readonly kind = "native";
  readonly capabilities: Capabilities;
  readonly devices: NativeDevices;
  readonly problems: readonly EngineProblem[];
  /** The shell plays, and asks no one. */
  readonly playback: Engine["playback"] = {
    blocked: () => false,
    unblock: async () => {},
    onChange: () => () => {},
  };
  #sound = new Sound();
  #links = new Map<LinkId, NativeLink>();
  #lastLink = 0;

  constructor(
    private readonly bridge: NativeBridge,
    opened: NativeOpened,
    private readonly video: VideoWorker,
    lacks: readonly CaptureLack[],
  ) {
    this.devices = new NativeDevices(bridge, (command) => this.#order(command), this.#sound, video, lacks);
    this.problems = [...video.problems, ...lacks];
    const sendsVideo = this.devices.missing === null;
    this.capabilities = {
      calls: true,
      microphone: true,
      camera: sendsVideo && typeof navigator.mediaDevices?.getUserMedia === "function",
      screen: sendsVideo && typeof navigator.mediaDevices?.getDisplayMedia === "function",
      chooseSpeaker: true,
    };
    video.connect(opened.mediaUrl, opened.token);
  }

  /** Rejects where the shell has no engine. */
  static async open(bridge: NativeBridge, startVideo = VideoWorker.start): Promise<NativeEngine> {
    let engine: NativeEngine | null = null;
    neverScaleCameras(globalThis);
    emptyWhenGone(globalThis);
    const video = startVideo();
    // An older shell does not know the question; then nothing is known to be missing.
    const lacks = bridge.lacks().catch(() => []);
    try {
      // Before the engine there are no links, and nobody has listed the devices yet: nothing is missed.
      const opened = await bridge.open((event) => engine?.hear(event));
      engine = new NativeEngine(bridge, opened, await video, await lacks);
      return engine;
    } catch (error) {
      void video.then((worker) => worker.close());
      throw error;
    }
  }

  hear(event: NativeEvent): void {
    switch (event.type) {
      case "levels":
        this.#sound.hearLevels(event);
        break;
      case "live":
        this.#sound.setLive(event.stream, event.live);
        for (const link of this.#links.values()) link.hearLive(event.stream, event.live);
        break;
      case "microphone-ended":
        this.devices.microphoneEnded(event.stream);
        break;
      case "devices-changed":
        this.devices.changed();
        break;
      default:
        this.#links.get(event.link)?.hear(event);
    }
  }

  createLink(options: LinkOptions): Link {
    this.#lastLink += 1;
    const id = this.#lastLink;
    const context = { bridge: this.bridge, sound: this.#sound, video: this.video };
    const link = new NativeLink(id, options, context, () => this.#links.delete(id));
    this.#links.set(id, link);
    return link;
  }

  setProcessing(processing: Processing): void {
    this.#order({ type: "processing", ...processing });
  }

  setSpeaker(deviceId: string | null): Promise<void> {
    return this.bridge.setSpeaker(deviceId);
  }

  close(): void {
    for (const link of [...this.#links.values()]) link.close();
    this.video.close();
  }

  #order(command: NativeCommand): void {
    this.bridge.send(command).catch((error: unknown) => console.warn(command.type, error));
  }
}
