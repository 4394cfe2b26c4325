import { type RefObject, useEffect, useRef } from "react";

/**
 * Keeps the focus where it was for people with a keyboard: if the element that has it is removed from `container`,
 * `target` gets it. `content` changes whenever something is removed.
 */
export function useFocusAfterRemoval(
  content: string,
  container: RefObject<HTMLElement | null>,
  target: () => HTMLElement | null | undefined,
): void {
  const latest = useRef(target);
  useEffect(() => {
    latest.current = target;
  });
  /** Removal sends no event, so that this stays true after it. */
  const inside = useRef(false);
  useEffect(() => {
    const onFocus = ({ target }: FocusEvent) => {
      inside.current = container.current?.contains(target as Node) ?? false;
    };
    document.addEventListener("focusin", onFocus);
    return () => document.removeEventListener("focusin", onFocus);
  }, [container]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the changed content is the occasion.
  useEffect(() => {
    const lost = document.activeElement === null || document.activeElement === document.body;
    if (inside.current && lost) latest.current()?.focus();
  }, [content]);
}
