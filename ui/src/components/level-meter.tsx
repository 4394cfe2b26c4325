import { useEffect, useRef } from "react";
import "./level-meter.css";

const BARS = [0.08, 0.2, 0.36, 0.54, 0.74];

/**
 * A live level. `read` gives 0–1 and is asked a dozen times a second; the result goes into a CSS variable, so that
 * nothing renders.
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

/**
 * Meters move this often. At frame rate each would make the webview compose its window sixty times a second for
 * nothing but itself: without a graphics card that costs more than the call. Milliseconds.
 */
const METER_MS = 80;
/** And in so many steps. */
const STEPS = 16;
/** Of the level before, while it falls. */
const FALL = 0.55;

/** Writes a level to `--level` of an element a dozen times a second, falling more slowly than it rises. */
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
    const timer = setInterval(() => {
      const level = latest.current();
      shown = level > shown ? level : shown * FALL + level * (1 - FALL);
      const next = (Math.round(shown * STEPS) / STEPS).toFixed(2);
      if (next === written) return;
      element.style.setProperty("--level", next);
      written = next;
    }, METER_MS);
    return () => clearInterval(timer);
  }, [ref]);
}
