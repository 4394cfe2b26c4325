import { type ReactNode, useEffect, useLayoutEffect, useRef, useState } from "react";
import { virtualWindow } from "./virtual-window";
import "./virtual-list.css";

interface VirtualListProps {
  /** Accessible name. */
  label: string;
  count: number;
  /** In CSS pixels. */
  rowHeight: number;
  /** Rows shown at once, at most. */
  maxRows: number;
  /** Called with the range of rows in the document, `last` exclusive, when it changes. */
  onShow: (first: number, last: number) => void;
  row: (index: number) => ReactNode;
}

/** A list of which only the visible rows are in the document. Scrolled with the keyboard like any scrollable area. */
export function VirtualList({ label, count, rowHeight, maxRows, onShow, row }: VirtualListProps) {
  const ref = useRef<HTMLElement>(null);
  const [scrollTop, setScrollTop] = useState(0);
  const height = Math.min(count, maxRows) * rowHeight;
  const { first, last, top, contentHeight } = virtualWindow(count, rowHeight, height, scrollTop);

  useLayoutEffect(() => {
    // A list that became shorter was scrolled by the browser.
    if (ref.current && contentHeight > 0) setScrollTop(ref.current.scrollTop);
  }, [contentHeight]);
  const latest = useRef(onShow);
  useEffect(() => {
    latest.current = onShow;
  });
  useEffect(() => {
    latest.current(first, last);
  }, [first, last]);

  return (
    <section
      ref={ref}
      className="virtual-list"
      style={{ height }}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable area must be reachable by keyboard.
      tabIndex={0}
      aria-label={label}
      onScroll={(event) => setScrollTop(event.currentTarget.scrollTop)}
    >
      <div style={{ height: contentHeight }}>
        <ul style={{ translate: `0 ${top}px` }} aria-label={label}>
          {Array.from({ length: last - first }, (_, offset) => first + offset).map((index) => (
            <li key={index} style={{ height: rowHeight }} aria-setsize={count} aria-posinset={index + 1}>
              {row(index)}
            </li>
          ))}
        </ul>
      </div>
    </section>
  );
}
