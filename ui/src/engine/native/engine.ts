import type {
  Capabilities,
  Engine,
  EngineProblem,
  Link,
  LinkOptions,
  MissingComponent,
  Processing,
} from "../types";
import { detachOnPageHide } from "../video-element";
import { AudioLevels } from "./audio-levels";
import type { LinkId, NativeBridge, NativeCommand, NativeEvent, NativeOpened } from "./bridge";
import { NativeDevices } from "./devices";
import { NativeLink } from "./link";
import { disableCameraScaling } from "./unscaled-capture";
import { VideoWorker } from "./video-worker";

/** Calls over the engine in the shell: connections and audio in Rust, video codecs in a worker of this page. */
export class NativeEngine implements Engine {
  readonly kind = "native";
  readonly capabilities: Capabilities;
  readonly devices: NativeDevices;
  readonly problems: readonly EngineProblem[];
  /** The shell plays audio, without an autoplay policy. */
  readonly playback: Engine["playback"] = {
    blocked: () => false,
    unblock: async () => {},
    onChange: () => () => {},
  };
  #levels = new AudioLevels();
  #links = new Map<LinkId, NativeLink>();
  #lastLink = 0;

  constructor(
    private readonly bridge: NativeBridge,
    opened: NativeOpened,
    private readonly video: VideoWorker,
    missing: readonly MissingComponent[],
  ) {
    this.devices = new NativeDevices(bridge, (command) => this.#send(command), this.#levels, video, missing);
    this.problems = [...video.problems, ...missing];
    const sendsVideo = this.devices.videoProblem === null;
    this.capabilities = {
      calls: true,
      microphone: true,
      camera: sendsVideo && typeof navigator.mediaDevices?.getUserMedia === "function",
      screen: sendsVideo && typeof navigator.mediaDevices?.getDisplayMedia === "function",
      chooseSpeaker: true,
    };
    video.connect(opened.mediaUrl, opened.token);
  }

  /** Rejects if the shell has no engine. */
  static async open(bridge: NativeBridge, startVideo = VideoWorker.start): Promise<NativeEngine> {
    let engine: NativeEngine | null = null;
    disableCameraScaling(globalThis);
    detachOnPageHide(globalThis);
    const video = startVideo();
    // An older shell does not have this command; then nothing is reported as missing.
    const missing = bridge.missingComponents().catch(() => []);
    try {
      // No event is lost before the engine exists: there are no links, and no device list has been read.
      const opened = await bridge.open((event) => engine?.onEvent(event));
      engine = new NativeEngine(bridge, opened, await video, await missing);
      return engine;
    } catch (error) {
      void video.then((worker) => worker.close());
      throw error;
    }
  }

  onEvent(event: NativeEvent): void {
    switch (event.type) {
      case "levels":
        this.#levels.update(event);
        break;
      case "live":
        this.#levels.setLive(event.stream, event.live);
        for (const link of this.#links.values()) link.setAudioLive(event.stream, event.live);
        break;
      case "microphone-ended":
        this.devices.onMicrophoneEnded(event.stream);
        break;
      case "devices-changed":
        this.devices.onDevicesChanged();
        break;
      default:
        this.#links.get(event.link)?.onEvent(event);
    }
  }

  createLink(options: LinkOptions): Link {
    this.#lastLink += 1;
    const id = this.#lastLink;
    const context = { bridge: this.bridge, levels: this.#levels, video: this.video };
    const link = new NativeLink(id, options, context, () => this.#links.delete(id));
    this.#links.set(id, link);
    return link;
  }

  /** The shell applies it to the open microphone. */
  async setProcessing(processing: Processing): Promise<boolean> {
    this.#send({ type: "processing", ...processing });
    return true;
  }

  setSpeaker(deviceId: string | null): Promise<void> {
    return this.bridge.setSpeaker(deviceId);
  }

  close(): void {
    for (const link of [...this.#links.values()]) link.close();
    this.video.close();
  }

  #send(command: NativeCommand): void {
    this.bridge.send(command).catch((error: unknown) => console.warn(command.type, error));
  }
}
