import { useEffect, useRef } from "react";
import { useHost } from "../hooks/maru-context";
import { isTyping, type Shortcut, shortcutOf } from "../shared/shortcuts";

/** Runs the action of a pressed shortcut, except while a dialog is open. */
export function useShortcuts(actions: Record<Shortcut, () => void>): void {
  const { settings } = useHost();
  const latest = useRef(actions);
  useEffect(() => {
    latest.current = actions;
  });
  useEffect(() => {
    const listener = (event: KeyboardEvent) => {
      if (event.defaultPrevented || document.querySelector("dialog[open]")) return;
      const characters = settings.get().shortcuts;
      const shortcut = shortcutOf(event, { typing: isTyping(event.target), characters });
      if (shortcut === null) return;
      // Otherwise the letter is typed into the text field that the shortcut opens.
      event.preventDefault();
      latest.current[shortcut]();
    };
    window.addEventListener("keydown", listener);
    return () => window.removeEventListener("keydown", listener);
  }, [settings]);
}
