/** What offers and answers contain (RFC 8829 §5.2, §5.3), and when an offer is needed (W3C WebRTC §4.7.3). */
import type { FakeTransceiver } from "./fake-media";
import {
  type FakeDescription,
  type FakeDirection,
  type FakeKind,
  type FakeSection,
  intersection,
  reversed,
} from "./fake-sdp";

export interface Applied {
  type: RTCSdpType;
  sdp: string;
  content: FakeDescription;
}

export interface NegotiationState {
  currentLocal: Applied | null;
  currentRemote: Applied | null;
  pendingRemote: Applied | null;
  transceivers: readonly FakeTransceiver[];
  hasChannel: boolean;
  codecsOf(kind: FakeKind): string[];
}

/** The sections of an offer, and the transceivers that get a mid with it. */
export function offerSections(state: NegotiationState): {
  sections: FakeSection[];
  assigned: Map<string, FakeTransceiver>;
} {
  const { transceivers, hasChannel, codecsOf } = state;
  const known = state.currentLocal?.content.sections ?? [];
  const sections = known.map((section): FakeSection => {
    if (section.kind === "application") return section;
    const transceiver = byMid(transceivers, section.mid);
    const rejected = !transceiver || transceiver.stopped;
    const direction = rejected ? "inactive" : (transceiver.direction as FakeDirection);
    return { ...section, rejected, direction };
  });
  const assigned = new Map<string, FakeTransceiver>();
  for (const transceiver of transceivers) {
    const { kind, stopped } = transceiver;
    if (stopped || known.some(({ mid }) => mid === transceiver.mid)) continue;
    const mid = freeMid(sections);
    assigned.set(mid, transceiver);
    const direction = transceiver.direction as FakeDirection;
    sections.push({ kind, mid, direction, rejected: false, codecs: codecsOf(kind) });
  }
  if (hasChannel && !sections.some(({ kind }) => kind === "application"))
    sections.push({
      kind: "application",
      mid: freeMid(sections),
      direction: "sendrecv",
      rejected: false,
      codecs: [],
    });
  return { sections, assigned };
}

export function answerSections({ pendingRemote, transceivers, codecsOf }: NegotiationState): FakeSection[] {
  return (pendingRemote?.content.sections ?? []).map((section): FakeSection => {
    if (section.kind === "application") return section;
    const transceiver = byMid(transceivers, section.mid);
    const supported = codecsOf(section.kind);
    const codecs = section.codecs.filter((codec) => supported.includes(codec));
    const rejected = section.rejected || !transceiver || transceiver.stopped || codecs.length === 0;
    const direction = rejected
      ? "inactive"
      : intersection(transceiver.direction, reversed(section.direction));
    return { ...section, rejected, direction, codecs };
  });
}

/** "Check if negotiation is needed", without ICE restarts. */
export function isNegotiationNeeded(state: NegotiationState): boolean {
  const { currentLocal: local, currentRemote: remote, transceivers, hasChannel } = state;
  const sections = local?.content.sections ?? [];
  if (hasChannel && !sections.some(({ kind }) => kind === "application")) return true;
  return transceivers.some((transceiver) => {
    const { direction, stopped, mid } = transceiver;
    const ours = sections.find((section) => section.mid === mid);
    const theirs = remote?.content.sections.find((section) => section.mid === mid);
    if (stopped) return ours !== undefined && !ours.rejected && !theirs?.rejected;
    if (!ours || !theirs) return true;
    if (local?.type === "offer")
      return direction !== ours.direction && direction !== reversed(theirs.direction);
    return ours.direction !== intersection(direction, reversed(theirs.direction));
  });
}

export function byMid(transceivers: readonly FakeTransceiver[], mid: string): FakeTransceiver | undefined {
  return transceivers.find((transceiver) => transceiver.mid === mid);
}

function freeMid(sections: readonly FakeSection[]): string {
  for (let number = 0; ; number += 1)
    if (!sections.some(({ mid }) => mid === String(number))) return String(number);
}
