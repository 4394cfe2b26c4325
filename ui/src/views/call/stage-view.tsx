import { type Dispatch, useMemo } from "react";
import { useText } from "../../i18n/text";
import { useCall } from "../hooks/maru-context";
import { useElementSize } from "../hooks/use-element-size";
import { AloneCard } from "./alone-card";
import { gridLayout, type Rect, spotlightLayout } from "./layout";
import { ParticipantTile } from "./participant-tile";
import { ScreenSwitcher } from "./screen-switcher";
import { ScreenTile } from "./screen-tile";
import { SelfTile } from "./self-tile";
import type { StageEvent, StageItem, StageState } from "./stage";
import { useShownHeights } from "./use-shown-heights";

const GAP = 12;
const GAP_NARROW = 8;
/** At most this wide, the stage counts as narrow. */
const MAX_NARROW = 640;

interface StageProps {
  items: readonly StageItem[];
  spotlight: string | null;
  stage: StageState;
  dispatch: Dispatch<StageEvent>;
  /** Opens the statistics of a participant, by key. */
  onStatistics: (key: string) => void;
  /** Sends files to a participant, by key; null where there are no file transfers. */
  onSendFiles: ((key: string) => void) | null;
}

/**
 * Positions the tiles. Their elements stay the same in every layout: a video element that is moved in the document goes
 * black for a moment.
 */
export function Stage({ items, spotlight, stage, dispatch, onStatistics, onSendFiles }: StageProps) {
  const text = useText();
  const [ref, size] = useElementSize<HTMLDivElement>();
  const alone = useCall((state) => state.participants.length === 0);
  const gap = size.width <= MAX_NARROW ? GAP_NARROW : GAP;
  const rects = useMemo(
    () =>
      layoutOf(
        items.map(({ key }) => key),
        spotlight,
        alone,
        size,
        gap,
      ),
    [items, spotlight, alone, size, gap],
  );
  useShownHeights(items, rects);
  const aloneRect = alone ? rects.get(ALONE) : undefined;

  return (
    <div ref={ref} className="stage">
      <ul className="tiles" aria-label={text.call.stage}>
        {items.map((item) => {
          const { key } = item;
          const rect = rects.get(key);
          if (!rect) return null;
          const large = key === spotlight;
          const common = {
            rect,
            large,
            small: spotlight !== null && !large,
            onPin: items.length > 1 ? () => dispatch({ type: "pin", key, spotlighted: large }) : null,
          };
          switch (item.kind) {
            case "self":
              return <SelfTile key={key} {...common} />;
            case "participant":
              return (
                <ParticipantTile
                  key={key}
                  participant={item.participant}
                  onStatistics={onStatistics}
                  onSendFiles={onSendFiles}
                  {...common}
                />
              );
            default:
              return <ScreenTile key={key} participant={item.participant} {...common} />;
          }
        })}
      </ul>
      {aloneRect && <AloneCard rect={aloneRect} />}
      <ScreenSwitcher items={items} stage={stage} spotlight={spotlight} dispatch={dispatch} />
    </div>
  );
}

/** Key of the card in the place of the second tile. */
const ALONE = "alone";

function layoutOf(
  keys: readonly string[],
  spotlight: string | null,
  alone: boolean,
  size: { width: number; height: number },
  gap: number,
): Map<string, Rect> {
  const rects = new Map<string, Rect>();
  if (spotlight === null) {
    const all = alone ? [...keys, ALONE] : keys;
    gridLayout(all.length, size, gap).forEach((rect, index) => {
      rects.set(all[index] as string, rect);
    });
    return rects;
  }
  const others = keys.filter((key) => key !== spotlight);
  const { main, strip } = spotlightLayout(others.length, size, gap);
  rects.set(spotlight, main);
  strip.forEach((rect, index) => {
    rects.set(others[index] as string, rect);
  });
  return rects;
}
