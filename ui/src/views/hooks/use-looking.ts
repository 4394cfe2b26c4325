import { useSyncExternalStore } from "react";

let blurred = false;
const listeners = new Set<() => void>();

function notify(): void {
  for (const listener of listeners) listener();
}

// Not `document.hasFocus`: a window that never had the focus may be in view, for example beside another.
addEventListener("blur", () => {
  blurred = true;
  notify();
});
addEventListener("focus", () => {
  blurred = false;
  notify();
});
document.addEventListener("visibilitychange", notify);

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Whether the person looks at the window: it is visible, and another window has not taken the focus from it. */
export function useLooking(): boolean {
  return useSyncExternalStore(subscribe, () => !blurred && document.visibilityState === "visible");
}
