/**
 * Runs in the page: controls and headings of which a part is cut off, or lies under something else. The size of the
 * document would show neither: a call is `overflow: hidden`, and the dock lies over it.
 *
 * - Cut off: beyond the window, or beyond an element around it that clips and does not scroll. What is scrolled out of
 *   view is all right in a list that scrolls, up and down only.
 * - Covered: something else is hit at the middle of the control, or at the middle of one of its edges.
 * - A raised hand lies over the state of its tile.
 * - The dock, or an open menu, sticks out of the area it belongs to, or the dock covers a tile or a panel.
 */
export function layoutFaults() {
  /** Rounded positions, and half a pixel of a border. */
  const TOLERANCE = 1;
  /** From the edge of a control, where it is tested for being covered. */
  const INSET = 5;
  const CONTROLS = "button, a[href], input, textarea, select, summary, h1, h2";
  const faults = [];
  const root = document.documentElement;
  const windowBox = { left: 0, top: 0, right: root.clientWidth, bottom: root.clientHeight };
  const nameOf = (element) =>
    `${element.tagName.toLowerCase()} "${(element.getAttribute("aria-label") ?? element.textContent ?? "").slice(0, 40)}"`;
  const describe = ({ left, top, right, bottom }) => `${[left, top, right, bottom].map(Math.round)}`;
  const isWithin = (box, area, axis) => {
    const [from, to] = axis === "x" ? ["left", "right"] : ["top", "bottom"];
    return box[from] >= area[from] - TOLERANCE && box[to] <= area[to] + TOLERANCE;
  };
  const overlap = (a, b) =>
    Math.min(a.right, b.right) - Math.max(a.left, b.left) > TOLERANCE &&
    Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > TOLERANCE;
  const intersection = (a, b) => ({
    left: Math.max(a.left, b.left),
    top: Math.max(a.top, b.top),
    right: Math.min(a.right, b.right),
    bottom: Math.min(a.bottom, b.bottom),
  });
  const isVisible = (element) => {
    const { width, height } = element.getBoundingClientRect();
    // 1 px: visually hidden.
    return element.checkVisibility({ visibilityProperty: true }) && width > 1 && height > 1;
  };

  const dialog = document.querySelector("dialog[open]");
  const menu = document.querySelector('[role="menu"]');
  /** What may lie over everything, for a moment. */
  const OVERLAYS = '[role="menu"], [data-testid="notice"], .offer-queue, .notices';

  /** The part that can be seen; null if none; the fault as text if some is cut off for good. */
  const visiblePart = (element) => {
    let box = element.getBoundingClientRect();
    for (
      let around = element.parentElement;
      around && around !== document.body;
      around = around.parentElement
    ) {
      const style = getComputedStyle(around);
      if (style.display === "contents") continue;
      const area = around.getBoundingClientRect();
      for (const axis of ["x", "y"]) {
        const overflow = axis === "x" ? style.overflowX : style.overflowY;
        if (overflow === "visible" || isWithin(box, area, axis)) continue;
        const scrolls = axis === "y" && (overflow === "auto" || overflow === "scroll");
        if (!scrolls && !around.matches(".screens"))
          return `by ${nameOf(around).slice(0, 30)} (${describe(area)})`;
        box = intersection(box, area);
        if (box.right - box.left <= TOLERANCE || box.bottom - box.top <= TOLERANCE) return null;
      }
      // Positioned in the window, whatever is around.
      if (style.position === "fixed") break;
    }
    // The page itself may scroll up and down, as the start screen does in a low window.
    const inCall = element.closest(".call, dialog");
    if (!isWithin(box, windowBox, "x") || (inCall && !isWithin(box, windowBox, "y"))) return "by the window";
    return intersection(box, windowBox);
  };

  const isHit = (element, x, y) => {
    const hit = document.elementFromPoint(x, y);
    if (!hit || hit.contains(element) || element.contains(hit)) return true;
    // A label that is drawn in the place of its input.
    if ([...(element.labels ?? [])].some((label) => label.contains(hit))) return true;
    const tile = element.closest('[data-testid="tile"]');
    if (tile?.contains(hit)) return true;
    return !element.closest(OVERLAYS) && hit.closest(OVERLAYS) !== null;
  };

  for (const element of document.querySelectorAll(CONTROLS)) {
    if (!isVisible(element) || element.closest("[inert]") || (dialog && !dialog.contains(element))) continue;
    const part = visiblePart(element);
    if (part === null) continue;
    if (typeof part === "string") {
      faults.push(`${nameOf(element)} (${describe(element.getBoundingClientRect())}) is cut off ${part}`);
      continue;
    }
    const [x, y] = [(part.left + part.right) / 2, (part.top + part.bottom) / 2];
    const points = [
      [x, y],
      [Math.min(x, part.left + INSET), y],
      [Math.max(x, part.right - INSET), y],
      [x, Math.min(y, part.top + INSET)],
      [x, Math.max(y, part.bottom - INSET)],
    ];
    const covered = points.find(([px, py]) => py >= 0 && py < windowBox.bottom && !isHit(element, px, py));
    if (!covered) continue;
    const by = document.elementFromPoint(...covered);
    faults.push(
      `${nameOf(element)} (${describe(part)}) is covered by ${nameOf(by)} at ${covered.map(Math.round)}`,
    );
  }

  for (const tile of document.querySelectorAll('[data-testid="tile"]')) {
    const [state, hand] = [".tile-state", ".tile-hand"].map((part) => tile.querySelector(part));
    if (state && hand && overlap(state.getBoundingClientRect(), hand.getBoundingClientRect()))
      faults.push(`the raised hand covers "${state.textContent}"`);
  }

  const dock = document.querySelector('[data-testid="dock"]');
  const bar = dock?.firstElementChild;
  if (dock && bar && isVisible(bar)) {
    const box = bar.getBoundingClientRect();
    if (!isWithin(box, dock.getBoundingClientRect(), "x"))
      faults.push(
        `the dock (${describe(box)}) sticks out of the call (${describe(dock.getBoundingClientRect())})`,
      );
    for (const control of bar.querySelectorAll("button")) {
      if (
        isVisible(control) &&
        !control.closest('[role="menu"]') &&
        !isWithin(control.getBoundingClientRect(), box, "x")
      )
        faults.push(`${nameOf(control)} sticks out of the dock (${describe(box)})`);
    }
    for (const element of document.querySelectorAll('[data-testid="tile"], aside, .alone'))
      if (isVisible(element) && !element.closest("[inert]") && overlap(box, element.getBoundingClientRect()))
        faults.push(`the dock (${describe(box)}) covers ${nameOf(element)}`);
  }
  if (menu) {
    const box = menu.getBoundingClientRect();
    if (!isWithin(box, windowBox, "x") || !isWithin(box, windowBox, "y"))
      faults.push(`the menu (${describe(box)}) sticks out of the window`);
  }
  if (root.scrollWidth > root.clientWidth) faults.push("the page scrolls sideways");
  return faults;
}
