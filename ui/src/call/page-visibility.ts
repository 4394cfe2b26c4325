/** Nobody sees the page: another tab is in front, or a phone shows another app. False without a page, in tests. */
export function isPageHidden(): boolean {
  return typeof document !== "undefined" && document.visibilityState === "hidden";
}

export function onPageVisible(listener: () => void): () => void {
  if (typeof document === "undefined") return () => {};
  const onChange = () => {
    if (!isPageHidden()) listener();
  };
  document.addEventListener("visibilitychange", onChange);
  return () => document.removeEventListener("visibilitychange", onChange);
}
