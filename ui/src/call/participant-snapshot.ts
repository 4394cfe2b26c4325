import type { LinkProblem } from "../engine/types";
import { ALL_OFF, equalMediaState } from "./media-state";
import type { ParticipantLink } from "./participant-link";
import type { Quality } from "./quality";
import type { RosterParticipant } from "./roster";
import type { RemoteParticipant } from "./types";

const NO_PROBLEMS: readonly LinkProblem[] = [];
const NO_TRACKS: RemoteParticipant["tracks"] = {};

/**
 * The remote participants as the interface sees them. An unchanged participant keeps its object from `previous`, and
 * an unchanged list is returned as it was: React components compare by identity.
 */
export function snapshotOf(
  participants: readonly RosterParticipant[],
  linkOf: (key: string) => ParticipantLink | undefined,
  qualityOf: (key: string) => Quality,
  previous: readonly RemoteParticipant[],
): readonly RemoteParticipant[] {
  const next = participants.map(({ key, id, name, absent }): RemoteParticipant => {
    const link = linkOf(key);
    const participant: RemoteParticipant = {
      key,
      id,
      name,
      link: link?.status ?? "connecting",
      linkError: link?.error ?? "",
      problems: link?.problems ?? NO_PROBLEMS,
      state: link?.mediaState() ?? ALL_OFF,
      tracks: link?.tracks ?? NO_TRACKS,
      absent: absent !== null,
      files: link?.files ?? false,
      quality: qualityOf(key),
    };
    return previous.find((old) => equal(participant, old)) ?? participant;
  });
  const unchanged =
    next.length === previous.length && next.every((participant, index) => participant === previous[index]);
  return unchanged ? previous : next;
}

function equal(a: RemoteParticipant, b: RemoteParticipant): boolean {
  return (
    a.key === b.key &&
    a.id === b.id &&
    a.name === b.name &&
    a.link === b.link &&
    a.linkError === b.linkError &&
    a.problems === b.problems &&
    a.tracks === b.tracks &&
    a.absent === b.absent &&
    a.files === b.files &&
    a.quality.level === b.quality.level &&
    a.quality.cause === b.quality.cause &&
    equalMediaState(a.state, b.state)
  );
}
