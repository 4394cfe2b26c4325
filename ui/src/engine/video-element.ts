/** Shows `track` in `element`, muted (sound is the engine's); returns what undoes it. */
export function showVideo(element: HTMLVideoElement, track: MediaStreamTrack): () => void {
  const stream = new MediaStream([track]);
  element.muted = true;
  element.playsInline = true;
  element.srcObject = stream;
  // Rejects when it is replaced or removed before the first frame.
  void element.play().catch(() => {});
  return () => {
    if (element.srcObject === stream) element.srcObject = null;
  };
}
