import { Clock3, LayoutGrid, PanelTop, Users } from "lucide-react";
import { duration } from "../../i18n/format";
import { useText } from "../../i18n/text";
import { useCall } from "../hooks/maru-context";
import { useNow } from "../hooks/use-now";
import { InviteButton } from "../shared/invite-button";
import { useShortcutKeys } from "../shared/use-shortcut-keys";

interface TopBarProps {
  spotlighted: boolean;
  onToggleSpotlight: () => void;
}

export function TopBar({ spotlighted, onToggleSpotlight }: TopBarProps) {
  const text = useText();
  const key = useShortcutKeys()("view");
  const room = useCall((state) => state.room);
  const count = useCall((state) => state.participants.length + 1);
  const view = spotlighted ? text.call.toGrid : text.call.toSpeaker;
  return (
    <header className="top-bar">
      <h1 title={room ?? ""} tabIndex={-1}>
        {room}
      </h1>
      <Elapsed />
      <span className="chip top-people">
        <Users size={14} aria-hidden="true" />
        {text.call.people(count)}
      </span>
      <span className="top-space" />
      {count > 1 && (
        <button
          type="button"
          className="chip chip-button tip tip-below tip-right top-view"
          aria-label={view}
          aria-keyshortcuts={key}
          data-tip={key ? `${view}  ${key}` : view}
          onClick={onToggleSpotlight}
        >
          {spotlighted ? (
            <LayoutGrid size={14} aria-hidden="true" />
          ) : (
            <PanelTop size={14} aria-hidden="true" />
          )}
          <span>{spotlighted ? text.call.grid : text.call.speaker}</span>
        </button>
      )}
      <InviteButton className="chip chip-button" label={text.call.invite} />
    </header>
  );
}

function Elapsed() {
  const text = useText();
  const since = useCall((state) => state.joinedAt);
  const now = useNow(since !== null);
  if (since === null) return null;
  return (
    <span className="chip chip-time" role="timer" aria-live="off" aria-label={text.call.elapsed}>
      <Clock3 size={14} aria-hidden="true" />
      {duration(now - since)}
    </span>
  );
}
