import type { LinkProblem } from "../engine/types";
import type { Peer } from "./peer";
import type { Quality } from "./quality";
import type { Member } from "./roster";
import type { MediaState, RemoteParticipant } from "./types";

const NOTHING_ON: MediaState = { microphone: false, camera: false, screen: false, hand: false };
const NO_PROBLEMS: readonly LinkProblem[] = [];

/**
 * What the snapshot shows of everybody else. Whoever did not change keeps their object, and the list its
 * own where nobody did: components compare by identity.
 */
export function participantsOf(
  members: readonly Member[],
  peerOf: (key: string) => Peer | undefined,
  qualityOf: (key: string) => Quality,
  before: readonly RemoteParticipant[],
): readonly RemoteParticipant[] {
  const participants = members.map((member): RemoteParticipant => {
    const peer = peerOf(member.key);
    const now: RemoteParticipant = {
      id: member.id,
      name: member.name,
      link: peer?.status ?? "connecting",
      linkDetail: peer?.detail ?? "",
      problems: peer?.problems ?? NO_PROBLEMS,
      state: peer?.mediaState() ?? NOTHING_ON,
      tracks: peer?.tracks ?? {},
      absent: member.absent !== null,
      quality: qualityOf(member.key),
    };
    return before.find((old) => same(now, old)) ?? now;
  });
  const unchanged =
    participants.length === before.length && participants.every((one, index) => one === before[index]);
  return unchanged ? before : participants;
}

export function sameState(a: MediaState, b: MediaState): boolean {
  return a.microphone === b.microphone && a.camera === b.camera && a.screen === b.screen && a.hand === b.hand;
}

function same(a: RemoteParticipant, b: RemoteParticipant): boolean {
  return (
    a.id === b.id &&
    a.name === b.name &&
    a.link === b.link &&
    a.linkDetail === b.linkDetail &&
    a.problems === b.problems &&
    a.tracks === b.tracks &&
    a.absent === b.absent &&
    a.quality.level === b.quality.level &&
    a.quality.cause === b.quality.cause &&
    sameState(a.state, b.state)
  );
}
