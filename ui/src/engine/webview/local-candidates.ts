import type { PeerSignal } from "../../protocol/generated";

/** Hands our ICE candidates to the other side, behind the description that they belong to. */
export class LocalCandidates {
  #held: (RTCIceCandidate | null)[] | null = null;

  constructor(private readonly send: (signal: PeerSignal) => void) {}

  found(candidate: RTCIceCandidate | null): void {
    if (this.#held) this.#held.push(candidate);
    else this.#send(candidate);
  }

  /** A description is being set and is not sent yet. */
  hold(): void {
    this.#held ??= [];
  }

  release(): void {
    const held = this.#held ?? [];
    this.#held = null;
    for (const candidate of held) this.#send(candidate);
  }

  #send(candidate: RTCIceCandidate | null): void {
    this.send({
      connection: "media",
      candidate: candidate && {
        candidate: candidate.candidate,
        sdpMid: candidate.sdpMid,
        sdpMLineIndex: candidate.sdpMLineIndex,
        ...(candidate.usernameFragment ? { usernameFragment: candidate.usernameFragment } : {}),
      },
    });
  }
}
