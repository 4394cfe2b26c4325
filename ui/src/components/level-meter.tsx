import { useEffect, useRef } from "react";
import "./level-meter.css";

/** The level at which each bar lights up. */
const BARS = [0.08, 0.2, 0.36, 0.54, 0.74];

/** A live audio level. `read` returns 0–1 and is called twelve times per second, without rendering. */
export function LevelMeter({ read, label }: { read: () => number; label?: string }) {
  const ref = useRef<HTMLSpanElement>(null);
  useLevel(ref, read, setBars);
  return (
    <span ref={ref} className="level" role="img" aria-label={label} aria-hidden={label === undefined}>
      {BARS.map((threshold) => (
        <i key={threshold} />
      ))}
    </span>
  );
}

function setBars(meter: HTMLElement, level: number): void {
  for (const [index, bar] of [...meter.children].entries()) {
    // 0 below the bar's threshold, 1 a little above it.
    const lit = Math.min(1, Math.max(0, (level - (BARS[index] ?? 0)) * 6));
    if (!(bar instanceof HTMLElement)) continue;
    bar.style.opacity = `${0.35 + 0.65 * lit}`;
    bar.style.height = `${4 + 12 * lit}px`;
  }
}

/**
 * Update interval, in milliseconds. At frame rate each meter would make the webview compose its window sixty times per
 * second: without a graphics card that costs more than the call.
 */
const UPDATE_MS = 80;
/** Quantisation steps of the level. */
const STEPS = 16;
/** Decay factor per update. */
const DECAY = 0.55;

/**
 * Passes a level to `write` twelve times per second; it falls more slowly than it rises.
 *
 * `write` must set style properties, not a CSS variable: WebKitGTK leaks 20 KB for each change of a variable that the
 * style sheet uses, in a call 10 MB per minute.
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
      shown = level > shown ? level : shown * DECAY + level * (1 - DECAY);
      const next = Math.round(shown * STEPS) / STEPS;
      if (next === written) return;
      latest.current.write(element, next);
      written = next;
    }, UPDATE_MS);
    return () => clearInterval(timer);
  }, [ref]);
}
