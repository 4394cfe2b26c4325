import type { Capabilities, Engine, EngineProblem, Link, LinkOptions, Processing } from "../types";
import { WebviewDevices } from "./devices";
import { WebviewLink } from "./link";
import { Sound } from "./sound";

/** Calls over the browser's own RTCPeerConnection. */
export class WebviewEngine implements Engine {
  readonly kind = "webview";
  readonly capabilities: Capabilities;
  readonly devices: WebviewDevices;
  readonly problems: readonly EngineProblem[] = globalThis.isSecureContext ? [] : ["insecure-page"];
  readonly playback: Engine["playback"];
  #sound = new Sound();
  #links = new Set<WebviewLink>();

  constructor() {
    this.devices = new WebviewDevices(this.#sound);
    this.playback = {
      blocked: () => this.#sound.blocked(),
      unblock: () => this.#sound.unblock(),
      onChange: (listener) => this.#sound.onChange(listener),
    };
    const capture = typeof navigator.mediaDevices?.getUserMedia === "function";
    this.capabilities = {
      calls: true,
      microphone: capture,
      camera: capture,
      screen: typeof navigator.mediaDevices?.getDisplayMedia === "function",
      chooseSpeaker: typeof HTMLMediaElement.prototype.setSinkId === "function",
    };
  }

  createLink(options: LinkOptions): Link {
    const link: WebviewLink = new WebviewLink(options, this.#links.size + 1, this.#sound, () => {
      this.#links.delete(link);
      this.#share();
    });
    this.#links.add(link);
    this.#share();
    return link;
  }

  setProcessing(processing: Processing): void {
    this.devices.setProcessing(processing);
  }

  setSpeaker(deviceId: string | null): Promise<void> {
    return this.#sound.setSpeaker(deviceId);
  }

  close(): void {
    for (const link of [...this.#links]) link.close();
    this.#sound.close();
  }

  #share(): void {
    for (const link of this.#links) link.setLinks(this.#links.size);
  }
}
