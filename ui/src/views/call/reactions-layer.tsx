import { shownName } from "../../i18n/shown-name";
import { useText } from "../../i18n/text";
import { useCall } from "../hooks/maru-context";
import { ReactionImage } from "./reaction-image";

/** Reactions that rise from the dock. The position is derived from the key, so that it is the same in each render. */
export function ReactionsLayer() {
  const text = useText();
  const reactions = useCall((state) => state.reactions);
  const participants = useCall((state) => state.participants);
  return (
    <div className="reactions" aria-hidden="true">
      {reactions.map(({ key, from, reaction }) => (
        <span key={key} className="reaction" style={{ left: `${20 + pseudoRandom(key) * 60}%` }}>
          <ReactionImage name={reaction} size={44} />
          <span className="reaction-name">
            {from === "self"
              ? text.common.you
              : shownName(participants.find((participant) => participant.key === from)?.name ?? "", text)}
          </span>
        </span>
      ))}
    </div>
  );
}

/** Between 0 and 1, from a hash of the key. */
function pseudoRandom(key: string): number {
  let hash = 7;
  for (const character of key) hash = (Math.imul(hash, 31) + (character.codePointAt(0) ?? 0)) >>> 0;
  return (hash % 997) / 997;
}
