import { ReactionImage } from "../../components/reaction-image";
import { useText } from "../../i18n/text";
import { useCall } from "../hooks/context";

/** Reactions rise from the dock. Where each begins comes from its key, so that re-rendering moves nothing. */
export function ReactionsLayer() {
  const text = useText();
  const reactions = useCall((state) => state.reactions);
  const participants = useCall((state) => state.participants);
  return (
    <div className="reactions" aria-hidden="true">
      {reactions.map(({ key, from, reaction }) => (
        <span key={key} className="reaction" style={{ left: `${20 + spread(key) * 60}%` }}>
          <ReactionImage name={reaction} size={44} />
          <span className="reaction-name">
            {from === "self"
              ? text.common.you
              : (participants.find(({ id }) => id === from)?.name ?? "") || text.common.guest}
          </span>
        </span>
      ))}
    </div>
  );
}

function spread(key: string): number {
  let hash = 7;
  for (const character of key) hash = (Math.imul(hash, 31) + (character.codePointAt(0) ?? 0)) >>> 0;
  return (hash % 997) / 997;
}
