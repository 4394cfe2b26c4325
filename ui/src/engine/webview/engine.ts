import type { Capabilities, Engine, EngineProblem, Link, LinkOptions, Processing } from "../types";
import { WebviewLink } from "./link";
import { WebviewAudio } from "./media/audio";
import { WebviewDevices } from "./media/devices";
import { isLarge } from "./quality/encoding";

/** Calls over the browser's own RTCPeerConnection. */
export class WebviewEngine implements Engine {
  readonly kind = "webview";
  readonly capabilities: Capabilities;
  readonly devices: WebviewDevices;
  readonly problems: readonly EngineProblem[] = globalThis.isSecureContext ? [] : ["insecure-page"];
  readonly playback: Engine["playback"];
  #audio = new WebviewAudio();
  /** How large each remote participant shows our camera, in physical pixels; null: not known. */
  #links = new Map<WebviewLink, number | null>();

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
    const demand = { links: this.#links.size + 1, shownHeight: null, large: 0 };
    const link: WebviewLink = new WebviewLink(
      options,
      demand,
      this.#audio,
      (height) => {
        if (this.#links.get(link) === height) return;
        this.#links.set(link, height);
        this.#updateDemand();
      },
      () => {
        this.#links.delete(link);
        this.#updateDemand();
      },
    );
    this.#links.set(link, null);
    this.#updateDemand();
    return link;
  }

  setProcessing(processing: Processing): Promise<boolean> {
    return this.devices.setProcessing(processing);
  }

  setSpeaker(deviceId: string | null): Promise<void> {
    return this.#audio.setSpeaker(deviceId);
  }

  close(): void {
    for (const link of [...this.#links.keys()]) link.close();
    this.#audio.close();
  }

  #updateDemand(): void {
    const links = this.#links.size;
    const large = [...this.#links.values()].filter(isLarge).length;
    for (const [link, shownHeight] of this.#links) link.setDemand({ links, shownHeight, large });
  }
}
