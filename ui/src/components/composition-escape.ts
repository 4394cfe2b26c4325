/**
 * Suppresses an Escape key press that ended a composition, which would otherwise close the panel or dialog around the
 * text field.
 *
 * Nothing is needed where the browser sets `isComposing` for it. But Safari ends the composition before the `keydown`
 * of that key, and so does WebKitGTK with IBus and Fcitx: they commit the syllable and pass the key on like any other.
 * It differs from a later Escape in that no key was released in between.
 *
 * @returns a function that removes the listeners.
 */
export function suppressEscapeOfComposition(page: EventTarget): () => void {
  let ended = false;
  const onCompositionEnd = () => {
    ended = true;
  };
  const onOther = () => {
    ended = false;
  };
  const onKeyDown = (event: Event) => {
    const { key, keyCode } = event as KeyboardEvent;
    if (key === "Escape" && ended) {
      event.preventDefault();
      event.stopImmediatePropagation();
    }
    // 229 stands for a key that the input method processes, which may be the same key press.
    if (keyCode !== 229) ended = false;
  };
  const undo = new AbortController();
  // Capture: before every other listener of the interface.
  const options = { capture: true, signal: undo.signal };
  page.addEventListener("compositionend", onCompositionEnd, options);
  for (const type of ["compositionstart", "keyup", "focusout", "pointerdown"])
    page.addEventListener(type, onOther, options);
  page.addEventListener("keydown", onKeyDown, options);
  return () => undo.abort();
}
