import { type RefObject, useEffect, useRef } from "react";

/**
 * The focus after an offer was answered with a button that is gone by that: on the next offer, or on
 * `fallback`.
 */
export function useFocusAfterAnswer(
  /** Key of the offer that is asked about next; null without one. */
  next: string | null,
  fallback: () => HTMLElement | null | undefined,
): { card: RefObject<HTMLElement | null>; onAnswered: () => void } {
  const card = useRef<HTMLElement>(null);
  const answered = useRef(false);
  const latest = useRef(fallback);
  useEffect(() => {
    latest.current = fallback;
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: the next offer is the occasion.
  useEffect(() => {
    if (!answered.current) return;
    answered.current = false;
    (card.current ?? latest.current())?.focus();
  }, [next]);
  return {
    card,
    onAnswered: () => {
      answered.current = true;
    },
  };
}
