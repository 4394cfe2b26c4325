const showing = new Set<HTMLVideoElement>();
/** Shown, and not started yet, or not allowed to start: see {@link start}. */
const waiting = new Set<HTMLVideoElement>();

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
  setWaiting(element, true);
  try {
    await element.play();
    setWaiting(element, false);
  } catch (error) {
    // Any other error means that the element was detached before the first frame.
    const refused = error instanceof DOMException && error.name === "NotAllowedError";
    if (!refused || !showing.has(element)) setWaiting(element, false);
  }
}

function setWaiting(element: HTMLVideoElement, now: boolean): void {
  const before = waiting.size;
  if (now) waiting.add(element);
  else waiting.delete(element);
  if (before === 0 && waiting.size > 0)
    for (const type of GESTURES) document.addEventListener(type, startWaiting, true);
  if (before > 0 && waiting.size === 0)
    for (const type of GESTURES) document.removeEventListener(type, startWaiting, true);
}

function startWaiting(): void {
  for (const element of waiting) void start(element);
}
