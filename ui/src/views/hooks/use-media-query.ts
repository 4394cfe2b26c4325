import { useCallback, useSyncExternalStore } from "react";

export function useMediaQuery(query: string): boolean {
  return useSyncExternalStore(
    useCallback(
      (listener) => {
        const list = window.matchMedia(query);
        list.addEventListener("change", listener);
        return () => list.removeEventListener("change", listener);
      },
      [query],
    ),
    () => window.matchMedia(query).matches,
  );
}

/** Below this width panels cover the stage; the media queries of the style sheets have the same number. */
export const NARROW = "(max-width: 860px)";

/** A phone or a tablet: there is no keyboard to press shortcuts on. */
export const TOUCH_ONLY = "(hover: none) and (pointer: coarse)";
