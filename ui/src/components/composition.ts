import { type KeyboardEvent, type RefObject, useLayoutEffect } from "react";

/** Whether a key press is part of a composition, such as the Enter that ends a Korean syllable. */
export function isComposing(event: KeyboardEvent): boolean {
  // 229: Safari ends the composition first, and sends the key that ended it afterwards.
  return event.nativeEvent.isComposing || event.keyCode === 229;
}

/**
 * Blurs a text field before it is removed. Otherwise WebKitGTK (2.50) keeps sending every key to the input method: in
 * Hangul mode no key reaches the element that gets the focus next.
 */
export function useBlurBeforeRemoval(ref: RefObject<HTMLElement | null>): void {
  // The clean-up of a layout effect runs while the field is still in the document.
  useLayoutEffect(() => {
    const field = ref.current;
    return () => field?.blur();
  }, [ref]);
}
