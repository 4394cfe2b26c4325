import type { IceCandidate } from "../../protocol/generated";
import { sections } from "./sdp";

/** Candidates kept for a description that has not come yet. */
const MAX_WAITING = 128;
/**
 * Candidates of one ICE generation that the browser gets: each makes it send to an address that the other side chose
 * (RFC 8445 §19.5.1). The same numbers as of `crates/peer/src/candidate_filter.rs`, where the reasons for them are.
 */
export const MAX_CANDIDATES = 64;
/** Of one address. */
export const MAX_PER_ADDRESS = 16;

/**
 * Which of the other side's candidates belong to the description in force. Candidates may come before
 * their description, after it was replaced (another ICE generation), or for an offer that was ignored.
 */
export class RemoteCandidates {
  #waiting: (IceCandidate | null)[] = [];
  /** Transport, port and type of those in use, by address. */
  #used = new Map<string, Set<string>>();
  #known: { mids: (string | null)[]; ufrags: Set<string> } | null = null;

  /** How many were too many. */
  leftOut = 0;

  /** A remote description that is about to be applied, without the candidates that are too many. */
  thin(sdp: string): string {
    const ufrags = new Set(sections(sdp).flatMap((section) => section.ufrag ?? []));
    const before = this.#known?.ufrags;
    if (!before || [...ufrags].some((ufrag) => !before.has(ufrag))) this.#used.clear();
    return sdp.replace(/^a=candidate:.*(?:\r?\n|$)/gm, (line) => (this.#use(line) ? line : ""));
  }

  /** A remote description took effect; returns the candidates that waited for it. */
  described(sdp: string): (IceCandidate | null)[] {
    const all = sections(sdp);
    this.#known = {
      mids: all.map((section) => section.mid),
      ufrags: new Set(all.flatMap((section) => section.ufrag ?? [])),
    };
    const waiting = this.#waiting;
    this.#waiting = [];
    return waiting.filter((candidate) => this.#wants(candidate));
  }

  /** Whether to hand the candidate to the connection now; it is kept where it may fit later. */
  accept(candidate: IceCandidate | null): boolean {
    if (!this.#known) {
      if (this.#waiting.length < MAX_WAITING) this.#waiting.push(candidate);
      return false;
    }
    return this.#wants(candidate);
  }

  #wants(candidate: IceCandidate | null): boolean {
    // One with an empty text ends the candidates, like null.
    return this.#belongs(candidate) && (!candidate?.candidate || this.#use(candidate.candidate));
  }

  #use(line: string): boolean {
    const [, , transport = "", , address = "", port = "", , type = ""] = line
      .trim()
      .toLowerCase()
      .split(/\s+/);
    const one = `${transport} ${port} ${type}`;
    const ofAddress = this.#used.get(address) ?? new Set();
    if (ofAddress.has(one)) return true;
    let total = 0;
    for (const { size } of this.#used.values()) total += size;
    if (total >= MAX_CANDIDATES || ofAddress.size >= MAX_PER_ADDRESS) {
      this.leftOut += 1;
      return false;
    }
    this.#used.set(address, ofAddress.add(one));
    return true;
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
