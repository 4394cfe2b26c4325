/** No browser lays out more than this, in CSS pixels; Firefox has the lowest limit, about 17.8 million. */
const MAX_HEIGHT = 8_000_000;
/** Rows outside of the visible area that are rendered on each side, so that scrolling shows no gap. */
const OVERSCAN = 6;

export interface VirtualWindow {
  /** Rows to render: `first` to `last`, exclusive. */
  first: number;
  last: number;
  /** Of the first row, from the top of the content. CSS pixels. */
  top: number;
  /** Of the whole content, in CSS pixels. */
  contentHeight: number;
}

/**
 * The rows of a list that have to be in the document. A list that is higher than the browser's limit is compressed:
 * a pixel of scrolling then moves it by more than one.
 */
export function virtualWindow(
  count: number,
  rowHeight: number,
  height: number,
  scrollTop: number,
): VirtualWindow {
  const fullHeight = count * rowHeight;
  const contentHeight = Math.min(fullHeight, MAX_HEIGHT);
  const scrollable = Math.max(0, contentHeight - height);
  const scrolled = Math.min(Math.max(0, scrollTop), scrollable);
  const offset = scrollable === 0 ? 0 : (scrolled / scrollable) * Math.max(0, fullHeight - height);
  const first = Math.max(0, Math.floor(offset / rowHeight) - OVERSCAN);
  const last = Math.min(count, Math.ceil((offset + height) / rowHeight) + OVERSCAN);
  return { first, last, top: scrolled - (offset - first * rowHeight), contentHeight };
}
