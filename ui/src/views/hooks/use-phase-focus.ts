import { type RefObject, useEffect, useRef } from "react";
import type { CallState } from "../../call/types";

/**
 * Focuses the heading of the screen that a new phase shows: the element that had the focus is gone, and reading would begin
 * at the top of the page. Not on loading, when nothing had it.
 */
export function usePhaseFocus(phase: CallState["phase"]): RefObject<HTMLDivElement | null> {
  const screen = useRef<HTMLDivElement>(null);
  const shown = useRef(phase);
  useEffect(() => {
    if (shown.current === phase) return;
    shown.current = phase;
    screen.current?.querySelector("h1")?.focus();
  }, [phase]);
  return screen;
}
