import type { RemoteTrack, Source } from "../../types";
import type { WebviewAudio } from "./audio";
import { WebviewRemoteTrack } from "./remote-track";

/** The remote tracks of a link: one for each receiver that media is negotiated for. */
export class RemoteTracks {
  #byReceiver = new Map<RTCRtpReceiver, WebviewRemoteTrack>();

  constructor(private readonly audio: WebviewAudio) {}

  list(): RemoteTrack[] {
    return [...this.#byReceiver.values()];
  }

  /** After a negotiation. Returns whether a track was added or removed; those that stay keep their object. */
  update(receiving: readonly { source: Source; receiver: RTCRtpReceiver }[]): boolean {
    let changed = false;
    for (const [receiver, track] of this.#byReceiver) {
      if (receiving.some((entry) => entry.receiver === receiver && entry.source === track.source)) continue;
      track.close();
      this.#byReceiver.delete(receiver);
      changed = true;
    }
    for (const { source, receiver } of receiving) {
      if (this.#byReceiver.has(receiver)) continue;
      this.#byReceiver.set(receiver, new WebviewRemoteTrack(source, receiver, this.audio));
      changed = true;
    }
    return changed;
  }

  /** Call several times a second. */
  poll(): void {
    for (const track of this.#byReceiver.values()) track.poll();
  }

  /** Closes all tracks. Returns whether there were any. */
  clear(): boolean {
    const { size } = this.#byReceiver;
    for (const track of this.#byReceiver.values()) track.close();
    this.#byReceiver.clear();
    return size > 0;
  }
}
