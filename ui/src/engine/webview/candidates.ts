import type { IceCandidate } from "../../protocol/generated";
import { sections } from "./sdp";

/** Candidates kept for a description that has not come yet. */
const MAX_WAITING = 128;

/**
 * Which of the other side's candidates belong to the description in force. Candidates may come before
 * their description, after it was replaced (another ICE generation), or for an offer that was ignored.
 */
export class RemoteCandidates {
  #waiting: (IceCandidate | null)[] = [];
  #known: { mids: (string | null)[]; ufrags: Set<string> } | null = null;

  /** A remote description took effect; returns the candidates that waited for it. */
  described(sdp: string): (IceCandidate | null)[] {
    const all = sections(sdp);
    this.#known = {
      mids: all.map((section) => section.mid),
      ufrags: new Set(all.flatMap((section) => section.ufrag ?? [])),
    };
    const waiting = this.#waiting;
    this.#waiting = [];
    return waiting.filter((candidate) => this.#belongs(candidate));
  }

  /** Whether to hand the candidate to the connection now; it is kept where it may fit later. */
  accept(candidate: IceCandidate | null): boolean {
    if (!this.#known) {
      if (this.#waiting.length < MAX_WAITING) this.#waiting.push(candidate);
      return false;
    }
    return this.#belongs(candidate);
  }

  #belongs(candidate: IceCandidate | null): boolean {
    if (!candidate || !this.#known) return true;
    const { mids, ufrags } = this.#known;
    // The text may name its generation even where `usernameFragment` is left out (RFC 8839 §5.4).
    const ufrag = candidate.usernameFragment ?? / ufrag (\S+)/.exec(candidate.candidate)?.[1];
    if (ufrag && ufrags.size > 0 && !ufrags.has(ufrag)) return false;
    if (candidate.sdpMid !== null) return mids.includes(candidate.sdpMid);
    return candidate.sdpMLineIndex !== null && candidate.sdpMLineIndex < mids.length;
  }
}
