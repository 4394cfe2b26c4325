import { REACTIONS, type ReactionName } from "../../call/types";
import { useText } from "../../i18n/text";
import { ReactionImage } from "./reaction-image";

interface ReactionButtonsProps {
  /** Of each image, in CSS pixels. */
  size: number;
  onSelect: (reaction: ReactionName) => void;
}

/** One menu item per reaction. */
export function ReactionButtons({ size, onSelect }: ReactionButtonsProps) {
  const text = useText();
  return REACTIONS.map((name) => (
    <button
      key={name}
      type="button"
      role="menuitem"
      className="reaction-choice"
      aria-label={text.reactions[name]}
      title={text.reactions[name]}
      onClick={() => onSelect(name)}
    >
      <ReactionImage name={name} size={size} />
    </button>
  ));
}
