import type { Quality } from "../../call/types";
import { QualityBars } from "../../components/quality-bars";
import { useText } from "../../i18n/text";
import "./quality-mark.css";

interface QualityMarkProps {
  /** Of the participant. */
  name: string;
  level: Quality["level"];
  /** Shows the statistics of the link. */
  onOpen: () => void;
}

/** The quality of a link as bars; opens its statistics. */
export function QualityMark({ name, level, onOpen }: QualityMarkProps) {
  const text = useText();
  const label = text.quality.mark[level](name);
  return (
    <button
      type="button"
      className="quality-mark"
      aria-label={label}
      title={label}
      data-testid="quality-mark"
      data-level={level}
      onClick={onOpen}
    >
      <QualityBars level={level} />
    </button>
  );
}
