import { useEffect, useRef, useState } from "react";

/** Shortest time between two shown values, in milliseconds. */
const SHOWN_MS = 1000;

/** A number that changes often, at most once a second. Its appearance and disappearance are shown at once. */
export function useSteady(value: number | null): number | null {
  const [shown, setShown] = useState(value);
  const latest = useRef(value);
  useEffect(() => {
    latest.current = value;
  }, [value]);
  const absent = value === null;
  useEffect(() => {
    setShown(absent ? null : latest.current);
    if (absent) return;
    const timer = setInterval(() => setShown(latest.current), SHOWN_MS);
    return () => clearInterval(timer);
  }, [absent]);
  return absent ? null : (shown ?? value);
}
