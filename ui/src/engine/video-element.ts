const showing = new Set<HTMLVideoElement>();

/** Shows `track` in `element` until the returned function is called. Muted: audio is played by the engine. */
export function showVideo(element: HTMLVideoElement, track: MediaStreamTrack): () => void {
  const stream = new MediaStream([track]);
  element.muted = true;
  element.playsInline = true;
  element.srcObject = stream;
  showing.add(element);
  // Rejects if the element is detached before the first frame.
  void element.play().catch(() => {});
  return () => {
    if (element.srcObject !== stream) return;
    element.srcObject = null;
    showing.delete(element);
  };
}

/** Detaches all tracks on `pagehide`, because tracks end when the page is unloaded: see `AttachedElements`. */
export function detachOnPageHide(page: EventTarget): void {
  page.addEventListener("pagehide", detachAll);
}

function detachAll(): void {
  for (const element of showing) element.srcObject = null;
  showing.clear();
}
