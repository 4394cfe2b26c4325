import { REACTIONS } from "../../call/types";
import { Menu } from "../../components/menu";
import { ReactionImage } from "../../components/reaction-image";
import { useText } from "../../i18n/text";
import { useActions } from "../hooks/context";

export function ReactionMenu({ onClose }: { onClose: () => void }) {
  const text = useText();
  const { react } = useActions();
  return (
    <Menu row label={text.dock.react} onClose={onClose} className="reaction-menu">
      {REACTIONS.map((name) => (
        <button
          key={name}
          type="button"
          role="menuitem"
          className="reaction-choice"
          aria-label={text.reactions[name]}
          title={text.reactions[name]}
          onClick={() => {
            react(name);
            onClose();
          }}
        >
          <ReactionImage name={name} size={30} />
        </button>
      ))}
    </Menu>
  );
}
