import { useMemo, useSyncExternalStore } from "react";

/**
 * The system's preferred languages, also when they change. The snapshot is a string: Chromium with an overridden locale
 * returns a new array each time, for which React would re-render without end.
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
