/**
 * Runs in the page: markup of the controls and headings that stick out sideways of the window, or of the dock, panel or
 * dialog that they are in. The width of the document alone would not show it: a call is `overflow: hidden`.
 */
export function overflowing() {
  const windowBox = { left: 0, right: document.documentElement.clientWidth };
  const isWithin = (box, area) => box.left >= area.left - 1 && box.right <= area.right + 1;
  const areasOf = (element) => {
    // A menu of the dock may be wider than the dock.
    const dock = element.closest('[role="menu"]') ? null : element.closest('[data-testid="dock"]');
    const container = dock ?? element.closest("aside, dialog");
    return container ? [windowBox, container.getBoundingClientRect()] : [windowBox];
  };
  return [...document.querySelectorAll("button, a[href], input, textarea, select, summary, h1, h2")]
    .filter((element) => {
      const box = element.getBoundingClientRect();
      // 1 px: visually hidden.
      if (!element.checkVisibility() || box.width <= 1) return false;
      return !areasOf(element).every((area) => isWithin(box, area));
    })
    .map((element) => element.outerHTML.slice(0, 120));
}
