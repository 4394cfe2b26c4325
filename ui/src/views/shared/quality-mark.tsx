import type { Quality } from "../../call/types";
import { QualityBars } from "../../components/quality-bars";
import { useText } from "../../i18n/text";
import "./quality-mark.css";

interface QualityMarkProps {
  level: Quality["level"];
  /** Shows the statistics of the link. */
  onOpen: () => void;
}

/** The quality of a link as bars; opens its statistics. */
export function QualityMark({ level, onOpen }: QualityMarkProps) {
  const text = useText();
  return (
    <button
      type="button"
      className="quality-mark"
      aria-label={text.quality.mark[level]}
      title={text.quality.mark[level]}
      data-testid="quality-mark"
      data-level={level}
      onClick={onOpen}
    >
      <QualityBars level={level} />
    </button>
  );
}
