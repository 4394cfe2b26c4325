import type { Capabilities, Engine, EngineProblem, Link, LinkOptions, Processing } from "../types";
import { WebviewLink } from "./link";
import { WebviewAudio } from "./media/audio";
import { WebviewDevices } from "./media/devices";

/** Calls over the browser's own RTCPeerConnection. */
export class WebviewEngine implements Engine {
  readonly kind = "webview";
  readonly capabilities: Capabilities;
  readonly devices: WebviewDevices;
  readonly problems: readonly EngineProblem[] = globalThis.isSecureContext ? [] : ["insecure-page"];
  readonly playback: Engine["playback"];
  #audio = new WebviewAudio();
  #links = new Set<WebviewLink>();

  constructor() {
    this.devices = new WebviewDevices(this.#audio);
    this.playback = {
      blocked: () => this.#audio.blocked(),
      unblock: () => this.#audio.unblock(),
      onChange: (listener) => this.#audio.onChange(listener),
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
    const link: WebviewLink = new WebviewLink(options, this.#links.size + 1, this.#audio, () => {
      this.#links.delete(link);
      this.#updateLinkCount();
    });
    this.#links.add(link);
    this.#updateLinkCount();
    return link;
  }

  setProcessing(processing: Processing): Promise<boolean> {
    return this.devices.setProcessing(processing);
  }

  setSpeaker(deviceId: string | null): Promise<void> {
    return this.#audio.setSpeaker(deviceId);
  }

  close(): void {
    for (const link of [...this.#links]) link.close();
    this.#audio.close();
  }

  #updateLinkCount(): void {
    for (const link of this.#links) link.setLinks(this.#links.size);
  }
}
