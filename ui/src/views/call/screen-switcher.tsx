import { ScreenShare } from "lucide-react";
import type { Dispatch } from "react";
import { useText } from "../../i18n/text";
import { useCall } from "../hooks/context";
import type { StageEvent, StageView } from "./stage";

/** Several screens at once: who shares, and which is large. */
export function ScreenSwitcher({
  view,
  spotlight,
  dispatch,
}: {
  view: StageView;
  spotlight: string | null;
  dispatch: Dispatch<StageEvent>;
}) {
  const text = useText();
  const participants = useCall((state) => state.participants);
  if (view.screens.length < 2 || spotlight === null) return null;
  return (
    <div className="screens" role="radiogroup" aria-label={text.call.chooseScreen}>
      {view.screens.map((key) => {
        const name = participants.find(({ id }) => key === `screen:${id}`)?.name || text.common.guest;
        return (
          <label key={key} className="screen-choice">
            <input
              type="radio"
              name="screen"
              checked={spotlight === key}
              onChange={() => dispatch({ type: "choose-screen", key })}
            />
            <span>
              <ScreenShare size={15} aria-hidden="true" />
              {name}
            </span>
          </label>
        );
      })}
    </div>
  );
}
