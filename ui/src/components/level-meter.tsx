import { useEffect, useRef } from "react";
import "./level-meter.css";

const BARS = [0.08, 0.2, 0.36, 0.54, 0.74];

/** A live level. `read` gives 0–1 and is asked a dozen times a second; nothing renders for it. */
export function LevelMeter({ read, label }: { read: () => number; label?: string }) {
  const ref = useRef<HTMLSpanElement>(null);
  useLevel(ref, read, light);
  return (
    <span ref={ref} className="level" role="img" aria-label={label} aria-hidden={label === undefined}>
      {BARS.map((threshold) => (
        <i key={threshold} />
      ))}
    </span>
  );
}

function light(meter: HTMLElement, level: number): void {
  for (const [index, bar] of [...meter.children].entries()) {
    // 0 below the bar's threshold, 1 a little above it.
    const lit = Math.min(1, Math.max(0, (level - (BARS[index] ?? 0)) * 6));
    if (!(bar instanceof HTMLElement)) continue;
    bar.style.opacity = `${0.35 + 0.65 * lit}`;
    bar.style.height = `${4 + 12 * lit}px`;
  }
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

/**
 * Gives a level to `write` a dozen times a second, falling more slowly than it rises.
 *
 * `write` sets properties, and not a variable that the style sheet reckons with: each change of such a variable costs
 * WebKitGTK 20 KB that it never gives back, in a call 10 MB a minute.
 */
export function useLevel<E extends HTMLElement>(
  ref: React.RefObject<E | null>,
  read: () => number,
  write: (element: E, level: number) => void,
): void {
  const latest = useRef({ read, write });
  useEffect(() => {
    latest.current = { read, write };
  }, [read, write]);
  useEffect(() => {
    const element = ref.current;
    if (!element) return;
    let shown = 0;
    let written = -1;
    const timer = setInterval(() => {
      const level = latest.current.read();
      shown = level > shown ? level : shown * FALL + level * (1 - FALL);
      const next = Math.round(shown * STEPS) / STEPS;
      if (next === written) return;
      latest.current.write(element, next);
      written = next;
    }, METER_MS);
    return () => clearInterval(timer);
  }, [ref]);
}
