import type { PeerSignal } from "../../../protocol/generated";

/** Sends local ICE candidates to the remote side, after the description they belong to. */
export class LocalCandidates {
  /** Null while candidates are sent at once. */
  #held: (RTCIceCandidate | null)[] | null = null;

  constructor(
    private readonly connection: "media" | "files",
    private readonly send: (signal: PeerSignal) => void,
  ) {}

  onCandidate(candidate: RTCIceCandidate | null): void {
    if (this.#held) this.#held.push(candidate);
    else this.#send(candidate);
  }

  /** Holds candidates back until `flush`: their description is being set and has not been sent. */
  hold(): void {
    this.#held ??= [];
  }

  flush(): void {
    const held = this.#held ?? [];
    this.#held = null;
    for (const candidate of held) this.#send(candidate);
  }

  #send(candidate: RTCIceCandidate | null): void {
    this.send({
      connection: this.connection,
      candidate: candidate && {
        candidate: candidate.candidate,
        sdpMid: candidate.sdpMid,
        sdpMLineIndex: candidate.sdpMLineIndex,
        ...(candidate.usernameFragment ? { usernameFragment: candidate.usernameFragment } : {}),
      },
    });
  }
}
