import { useSettings } from "../hooks/maru-context";
import { SHORTCUTS, type Shortcut } from "./shortcuts";

/** The key to print for a shortcut; undefined while the person has switched shortcuts off. */
export function useShortcutKeys(): (shortcut: Shortcut) => string | undefined {
  const { shortcuts } = useSettings();
  return (shortcut) => (shortcuts ? SHORTCUTS[shortcut].key : undefined);
}
