const showing = new Set<HTMLVideoElement>();
/** Shown, and not started yet, or not allowed to start: see {@link start}. */
const waiting = new Set<HTMLVideoElement>();

/** Those of them that the browser did not allow to start. */
const refused = new Set<HTMLVideoElement>();
const listeners = new Set<() => void>();

/** Each lets a page play, for a browser that waits for the person. */
const GESTURES = ["click", "keydown"] as const;

/** Shows `track` in `element` until the returned function is called. Muted: audio is played by the engine. */
export function showVideo(element: HTMLVideoElement, track: MediaStreamTrack): () => void {
  const stream = new MediaStream([track]);
  element.muted = true;
  element.playsInline = true;
  element.srcObject = stream;
  showing.add(element);
  void start(element);
  return () => {
    if (element.srcObject !== stream) return;
    element.srcObject = null;
    showing.delete(element);
    setWaiting(element, false);
  };
}

/** The browser shows video only after a click or a key. */
export function videoBlocked(): boolean {
  return refused.size > 0;
}

/** `changed` is called when {@link videoBlocked} changes, until the returned function is called. */
export function onVideoBlocked(changed: () => void): () => void {
  listeners.add(changed);
  return () => listeners.delete(changed);
}

/** Detaches all tracks on `pagehide`, because tracks end when the page is unloaded: see `AttachedElements`. */
export function detachOnPageHide(page: EventTarget): void {
  page.addEventListener("pagehide", detachAll);
}

function detachAll(): void {
  for (const element of showing) {
    element.srcObject = null;
    setWaiting(element, false);
  }
  showing.clear();
}

/**
 * Firefox and Safari can be set to block muted video as well. It then stands at its first frame; the next click or key
 * starts it, also the click that unblocks the audio. So does one while the browser still decides.
 */
async function start(element: HTMLVideoElement): Promise<void> {
  const shown = element.srcObject;
  setWaiting(element, true);
  try {
    await element.play();
    setWaiting(element, false);
  } catch (error) {
    // Started by now, or detached; or it shows something else, whose start is another.
    if (!waiting.has(element) || element.srcObject !== shown) return;
    if (error instanceof DOMException && error.name === "NotAllowedError") setRefused(element, true);
    else setWaiting(element, false);
  }
}

function setWaiting(element: HTMLVideoElement, now: boolean): void {
  const before = waiting.size;
  if (now) waiting.add(element);
  else {
    waiting.delete(element);
    setRefused(element, false);
  }
  if (before === 0 && waiting.size > 0)
    for (const type of GESTURES) document.addEventListener(type, startWaiting, true);
  if (before > 0 && waiting.size === 0)
    for (const type of GESTURES) document.removeEventListener(type, startWaiting, true);
}

function setRefused(element: HTMLVideoElement, now: boolean): void {
  const before = refused.size;
  if (now) refused.add(element);
  else refused.delete(element);
  if (refused.size > 0 !== before > 0) for (const listener of listeners) listener();
}

function startWaiting(): void {
  for (const element of waiting) void start(element);
}
