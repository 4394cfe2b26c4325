/**
 * Keeps an Escape that ended a composition from closing what it was written in.
 *
 * Where the browser says so itself (`isComposing`) nothing is needed. But Safari ends the composition before the
 * `keydown` of that key, and with IBus and Fcitx so does WebKitGTK: they commit the syllable and hand the key on
 * like any other. What tells it from a later Escape is that no key was released in between.
 *
 * @returns what undoes it.
 */
export function withholdEscapeOfComposition(page: EventTarget): () => void {
  let ended = false;
  const onEnd = () => {
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
    // 229 announces a key that the input method has, which may be the same press.
    if (keyCode !== 229) ended = false;
  };
  const undo = new AbortController();
  // Before every listener of the interface.
  const options = { capture: true, signal: undo.signal };
  page.addEventListener("compositionend", onEnd, options);
  for (const type of ["compositionstart", "keyup", "focusout", "pointerdown"])
    page.addEventListener(type, onOther, options);
  page.addEventListener("keydown", onKeyDown, options);
  return () => undo.abort();
}
