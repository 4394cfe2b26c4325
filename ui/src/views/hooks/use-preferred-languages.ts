import { useMemo, useSyncExternalStore } from "react";

/**
 * What the system prefers, followed while it changes. Compared as text: not every browser gives the same
 * array twice (Chromium with an overridden locale does not), and React would render without end.
 */
export function usePreferredLanguages(): readonly string[] {
  const joined = useSyncExternalStore(
    (listener) => {
      window.addEventListener("languagechange", listener);
      return () => window.removeEventListener("languagechange", listener);
    },
    () => navigator.languages.join(),
  );
  return useMemo(() => joined.split(","), [joined]);
}
