import { type Dispatch, useMemo } from "react";
import { useText } from "../../i18n/text";
import { useCall } from "../hooks/context";
import { useElementSize } from "../hooks/use-element-size";
import { NARROW, useMediaQuery } from "../hooks/use-media-query";
import { AloneCard } from "./alone-card";
import { gridLayout, type Rect, spotlightLayout } from "./layout";
import { PersonTile } from "./person-tile";
import { ScreenSwitcher } from "./screen-switcher";
import { ScreenTile } from "./screen-tile";
import { SelfTile } from "./self-tile";
import { SELF_KEY, type StageEvent, type StageItem, type StageView } from "./stage";

const GAP = 12;
const GAP_NARROW = 8;

interface StageProps {
  items: readonly StageItem[];
  spotlight: string | null;
  view: StageView;
  dispatch: Dispatch<StageEvent>;
  onConnection: (participant: string) => void;
}

/**
 * Places the tiles. They stay the same elements whatever the layout does: a video that is moved in the
 * document would go black for a moment.
 */
export function Stage({ items, spotlight, view, dispatch, onConnection }: StageProps) {
  const text = useText();
  const [ref, size] = useElementSize<HTMLDivElement>();
  const narrow = useMediaQuery(NARROW);
  const alone = useCall((state) => state.participants.length === 0);
  const gap = narrow ? GAP_NARROW : GAP;
  const places = useMemo(
    () =>
      place(
        items.map((item) => item.key),
        spotlight,
        alone ? 1 : 0,
        size,
        gap,
      ),
    [items, spotlight, alone, size, gap],
  );

  return (
    <div ref={ref} className="stage">
      <ul className="tiles" aria-label={text.call.stage}>
        {items.map((item) => {
          const rect = places.get(item.key);
          if (!rect) return null;
          const large = item.key === spotlight;
          const common = {
            rect,
            large,
            small: spotlight !== null && !large,
            onPin:
              items.length > 1 ? () => dispatch({ type: "pin", key: item.key, spotlighted: large }) : null,
          };
          switch (item.kind) {
            case "self":
              return <SelfTile key={SELF_KEY} {...common} />;
            case "person":
              return (
                <PersonTile key={item.key} id={item.participant} onConnection={onConnection} {...common} />
              );
            default:
              return <ScreenTile key={item.key} id={item.participant} {...common} />;
          }
        })}
      </ul>
      {alone && places.get(ALONE) && <AloneCard rect={places.get(ALONE) as Rect} />}
      <ScreenSwitcher view={view} spotlight={spotlight} dispatch={dispatch} />
    </div>
  );
}

const ALONE = "alone";

function place(
  keys: readonly string[],
  spotlight: string | null,
  extra: number,
  size: { width: number; height: number },
  gap: number,
): Map<string, Rect> {
  const places = new Map<string, Rect>();
  if (spotlight === null) {
    const all = extra > 0 ? [...keys, ALONE] : keys;
    gridLayout(all.length, size, gap).forEach((rect, index) => {
      places.set(all[index] as string, rect);
    });
    return places;
  }
  const others = keys.filter((key) => key !== spotlight);
  const { main, strip } = spotlightLayout(others.length, size, gap);
  places.set(spotlight, main);
  strip.forEach((rect, index) => {
    places.set(others[index] as string, rect);
  });
  return places;
}
