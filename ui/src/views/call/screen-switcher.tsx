import { ScreenShare } from "lucide-react";
import type { Dispatch } from "react";
import { shownName } from "../../i18n/shown-name";
import { useText } from "../../i18n/text";
import type { StageEvent, StageItem, StageState } from "./stage";

interface ScreenSwitcherProps {
  items: readonly StageItem[];
  stage: StageState;
  spotlight: string | null;
  dispatch: Dispatch<StageEvent>;
}

/** Selects which one is large while several participants share a screen. */
export function ScreenSwitcher({ items, stage, spotlight, dispatch }: ScreenSwitcherProps) {
  const text = useText();
  if (stage.screens.length < 2 || spotlight === null) return null;
  return (
    <div className="screens" role="radiogroup" aria-label={text.call.chooseScreen}>
      {stage.screens.map((key) => {
        const item = items.find((candidate) => candidate.key === key);
        const name = item?.kind === "screen" ? item.participant.name : "";
        return (
          <label key={key} className="screen-choice">
            <input
              type="radio"
              name="screen"
              checked={spotlight === key}
              onChange={() => dispatch({ type: "select-screen", key })}
            />
            <span>
              <ScreenShare size={15} aria-hidden="true" />
              {shownName(name, text)}
            </span>
          </label>
        );
      })}
    </div>
  );
}
