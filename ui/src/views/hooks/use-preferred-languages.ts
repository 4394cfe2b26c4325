import { useSyncExternalStore } from "react";

/** What the system prefers, followed while it changes. */
export function usePreferredLanguages(): readonly string[] {
  return useSyncExternalStore(
    (listener) => {
      window.addEventListener("languagechange", listener);
      return () => window.removeEventListener("languagechange", listener);
    },
    () => navigator.languages,
  );
}
