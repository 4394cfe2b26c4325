/**
 * Which addresses the ICE candidates of a connection have. Until a page may use a microphone or a camera, browsers put a
 * random name in the place of each own address (`<uuid>.local`, draft-ietf-mmusic-mdns-ice-candidates), which the other
 * side resolves by multicast DNS. Where the network filters multicast, such a name leads nowhere.
 */
export class CandidateAddresses {
  #local = new Counts();
  #remote = new Counts();

  onLocal(candidate: string): void {
    this.#local.add(candidate);
  }

  onRemote(candidate: string): void {
    this.#remote.add(candidate);
  }

  /** The candidates of a remote description. */
  onRemoteDescription(sdp: string): void {
    for (const [line] of sdp.matchAll(/^a=candidate:.*$/gm)) this.#remote.add(line);
  }

  /**
   * Both sides have candidates, and only names. An address on either side is enough: its owner learns the other one from
   * the checks that arrive (RFC 8445 §7.3.1.3).
   */
  get areHidden(): boolean {
    return this.#local.areNames && this.#remote.areNames;
  }

  /** Both sides have candidates. */
  get areKnown(): boolean {
    return this.#local.areKnown && this.#remote.areKnown;
  }
}

class Counts {
  #names = 0;
  #addresses = 0;

  get areKnown(): boolean {
    return this.#names + this.#addresses > 0;
  }

  get areNames(): boolean {
    return this.#names > 0 && this.#addresses === 0;
  }

  /** `candidate-attribute` of RFC 8839 §5.1; an empty one means the end of candidates. */
  add(candidate: string): void {
    const address = candidate.trim().split(/\s+/)[4];
    if (address === undefined) return;
    if (address.toLowerCase().endsWith(".local")) this.#names += 1;
    else this.#addresses += 1;
  }
}
