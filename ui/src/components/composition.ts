import { type KeyboardEvent, type RefObject, useLayoutEffect } from "react";

/** Whether a key belongs to an input method that is composing, such as the Enter that ends a Korean syllable. */
export function isComposing(event: KeyboardEvent): boolean {
  // 229: Safari ends the composition first and sends the key that ended it afterwards.
  return event.nativeEvent.isComposing || event.keyCode === 229;
}

/**
 * Takes the focus from a text field before it is removed. Without that WebKitGTK (2.50) goes on sending every key
 * to the input method, and with Hangul on no key reaches what took the field's place.
 */
export function useBlurBeforeRemoval(ref: RefObject<HTMLElement | null>): void {
  // The clean-up of a layout effect runs while the field is still in the document.
  useLayoutEffect(() => {
    const field = ref.current;
    return () => field?.blur();
  }, [ref]);
}
