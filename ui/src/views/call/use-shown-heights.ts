import { useEffect, useState } from "react";
import { useMaru } from "../hooks/maru-context";
import type { Rect } from "./layout";
import type { StageItem } from "./stage";

/** A layout that changes sooner again (a panel slides, a speaker interrupts) is not worth another picture size. */
const SETTLED_MS = 500;
const WIDE = 16 / 9;

/** Reports how large each participant's camera is shown, in physical pixels; nothing while the page is hidden. */
export function useShownHeights(items: readonly StageItem[], rects: ReadonlyMap<string, Rect>): void {
  const { call } = useMaru();
  const hidden = useHidden();
  const heights = items.flatMap((item): [string, number][] => {
    const rect = item.kind === "participant" ? rects.get(item.key) : undefined;
    if (item.kind !== "participant" || !rect || hidden) return [];
    // A wide picture that fills a higher tile is as high as the tile, one that fills a wider tile is higher.
    const height = Math.max(rect.height, rect.width / WIDE) * (window.devicePixelRatio || 1);
    return [[item.participant.key, Math.round(height)]];
  });
  const reported = JSON.stringify(heights);
  useEffect(() => {
    const timer = setTimeout(() => call.setShownHeights(new Map(JSON.parse(reported))), SETTLED_MS);
    return () => clearTimeout(timer);
  }, [call, reported]);
}

function useHidden(): boolean {
  const [hidden, setHidden] = useState(() => document.hidden);
  useEffect(() => {
    const update = () => setHidden(document.hidden);
    document.addEventListener("visibilitychange", update);
    return () => document.removeEventListener("visibilitychange", update);
  }, []);
  return hidden;
}
