import { Menu } from "../../components/menu";
import { useText } from "../../i18n/text";
import { useActions } from "../hooks/maru-context";
import { ReactionButtons } from "./reaction-buttons";

export function ReactionMenu({ onClose }: { onClose: () => void }) {
  const text = useText();
  const { react } = useActions();
  return (
    <Menu row label={text.dock.react} onClose={onClose} className="reaction-menu">
      <ReactionButtons
        size={30}
        onSelect={(reaction) => {
          react(reaction);
          onClose();
        }}
      />
    </Menu>
  );
}
