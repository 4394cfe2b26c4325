/**
 * Hides the tooltip that is shown when Escape is pressed, until the pointer or the focus goes to another element
 * (WCAG 1.4.13). The key press goes on to whatever else it closes.
 *
 * @returns a function that removes the listeners.
 */
export function dismissTooltipsWithEscape(page: Document): () => void {
  const { dataset } = page.documentElement;
  const undo = new AbortController();
  // Capture: an open menu does not pass the key on.
  const options = { capture: true, signal: undo.signal };
  page.addEventListener(
    "keydown",
    ({ key }) => {
      if (key === "Escape") dataset.tooltips = "dismissed";
    },
    options,
  );
  const show = () => {
    delete dataset.tooltips;
  };
  page.addEventListener(
    "pointerout",
    ({ target, relatedTarget }) => {
      const tip = (target as Element).closest(".tip");
      if (tip && !tip.contains(relatedTarget as Node | null)) show();
    },
    options,
  );
  page.addEventListener("focusin", show, options);
  return () => {
    undo.abort();
    show();
  };
}
