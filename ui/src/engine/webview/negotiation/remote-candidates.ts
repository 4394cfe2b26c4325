import type { IceCandidate } from "../../../protocol/generated";
import { mediaSections } from "./sdp";

/** Candidates kept before the first remote description. */
const MAX_EARLY = 128;
/**
 * Most candidates of one ICE generation that the browser gets: each makes it send checks to an address that the remote
 * side chose (RFC 8445 §19.5.1). The same limits as in `crates/peer/src/candidate_filter.rs`, which gives the reasons.
 */
export const MAX_CANDIDATES = 64;
/** Most candidates of one address. */
export const MAX_PER_ADDRESS = 16;

/**
 * Selects the remote candidates that belong to the applied description. Candidates may arrive before their description,
 * after it was replaced (another ICE generation), or for an offer that was ignored.
 */
export class RemoteCandidates {
  #early: (IceCandidate | null)[] = [];
  /** Transport, port and type of the candidates in use, by address. */
  #used = new Map<string, Set<string>>();
  #described: { mids: (string | null)[]; ufrags: Set<string> } | null = null;

  /** Number of candidates dropped because of the limits. */
  dropped = 0;

  /** A remote description that is about to be applied, without the candidates above the limits. */
  limit(sdp: string): string {
    const ufrags = new Set(mediaSections(sdp).flatMap((section) => section.ufrag ?? []));
    const before = this.#described?.ufrags;
    if (!before || [...ufrags].some((ufrag) => !before.has(ufrag))) this.#used.clear();
    return sdp.replace(/^a=candidate:.*(?:\r?\n|$)/gm, (line) => (this.#isWithinLimits(line) ? line : ""));
  }

  /** A remote description was applied; returns the early candidates that belong to it. */
  onDescription(sdp: string): (IceCandidate | null)[] {
    const sections = mediaSections(sdp);
    this.#described = {
      mids: sections.map((section) => section.mid),
      ufrags: new Set(sections.flatMap((section) => section.ufrag ?? [])),
    };
    const early = this.#early;
    this.#early = [];
    return early.filter((candidate) => this.#isUsable(candidate));
  }

  /** True if the candidate can be added now; one that precedes its description is kept. */
  accept(candidate: IceCandidate | null): boolean {
    if (!this.#described) {
      if (this.#early.length < MAX_EARLY) this.#early.push(candidate);
      return false;
    }
    return this.#isUsable(candidate);
  }

  #isUsable(candidate: IceCandidate | null): boolean {
    // An empty candidate string means end-of-candidates, like null.
    return (
      this.#matchesDescription(candidate) &&
      (!candidate?.candidate || this.#isWithinLimits(candidate.candidate))
    );
  }

  /** Counts a candidate that is within the limits as used. */
  #isWithinLimits(line: string): boolean {
    const [, , transport = "", , address = "", port = "", , type = ""] = line
      .trim()
      .toLowerCase()
      .split(/\s+/);
    const key = `${transport} ${port} ${type}`;
    const ofAddress = this.#used.get(address) ?? new Set();
    if (ofAddress.has(key)) return true;
    let total = 0;
    for (const { size } of this.#used.values()) total += size;
    if (total >= MAX_CANDIDATES || ofAddress.size >= MAX_PER_ADDRESS) {
      this.dropped += 1;
      return false;
    }
    this.#used.set(address, ofAddress.add(key));
    return true;
  }

  #matchesDescription(candidate: IceCandidate | null): boolean {
    if (!candidate || !this.#described) return true;
    const { mids, ufrags } = this.#described;
    // Without `usernameFragment` the candidate line may carry the ufrag (RFC 8839 §5.4).
    const ufrag = candidate.usernameFragment ?? / ufrag (\S+)/.exec(candidate.candidate)?.[1];
    if (ufrag && ufrags.size > 0 && !ufrags.has(ufrag)) return false;
    if (candidate.sdpMid !== null) return mids.includes(candidate.sdpMid);
    return candidate.sdpMLineIndex !== null && candidate.sdpMLineIndex < mids.length;
  }
}
