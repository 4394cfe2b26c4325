import { useEffect, useRef } from "react";
import "./level-meter.css";

const BARS = [0.08, 0.2, 0.36, 0.54, 0.74];

/**
 * A live level. `read` gives 0–1 and is asked at every animation frame; the result goes into a CSS
 * variable, so that nothing renders.
 */
export function LevelMeter({ read, label }: { read: () => number; label?: string }) {
  const ref = useRef<HTMLSpanElement>(null);
  useLevel(ref, read);
  return (
    <span ref={ref} className="level" role="img" aria-label={label} aria-hidden={label === undefined}>
      {BARS.map((threshold) => (
        <i key={threshold} style={{ "--from": threshold } as React.CSSProperties} />
      ))}
    </span>
  );
}

/** Writes a level to `--level` of an element at frame rate, falling more slowly than it rises. */
export function useLevel(ref: React.RefObject<HTMLElement | null>, read: () => number): void {
  const latest = useRef(read);
  useEffect(() => {
    latest.current = read;
  }, [read]);
  useEffect(() => {
    const element = ref.current;
    if (!element) return;
    let shown = 0;
    let written = "";
    let frame = requestAnimationFrame(function draw() {
      const level = latest.current();
      shown = level > shown ? level : shown * 0.88 + level * 0.12;
      const next = shown.toFixed(2);
      if (next !== written) {
        element.style.setProperty("--level", next);
        written = next;
      }
      frame = requestAnimationFrame(draw);
    });
    return () => cancelAnimationFrame(frame);
  }, [ref]);
}
