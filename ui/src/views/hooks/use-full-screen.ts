import { type RefObject, useCallback, useSyncExternalStore } from "react";

/** What Safari on iPhones has instead of the Fullscreen API. */
interface VideoWithPlayer extends HTMLVideoElement {
  webkitEnterFullscreen?(): void;
}

/** Whether anything can be put on the full screen here. */
export function canFillScreen(): boolean {
  return document.fullscreenEnabled || "webkitEnterFullscreen" in HTMLVideoElement.prototype;
}

/** Puts `element` on the full screen, or takes back what is there. Call in a user gesture. */
export function toggleFullScreen(element: HTMLElement): void {
  // A refusal changes nothing, and the button is still there.
  if (document.fullscreenElement) void document.exitFullscreen().catch(() => {});
  else if (document.fullscreenEnabled) void element.requestFullscreen().catch(() => {});
  else element.querySelector<VideoWithPlayer>("video")?.webkitEnterFullscreen?.();
}

/** Whether the element of `ref` is on the full screen. */
export function useFullScreen(ref: RefObject<HTMLElement | null>): boolean {
  return useSyncExternalStore(
    subscribe,
    useCallback(() => ref.current !== null && document.fullscreenElement === ref.current, [ref]),
  );
}

function subscribe(listener: () => void): () => void {
  document.addEventListener("fullscreenchange", listener);
  return () => document.removeEventListener("fullscreenchange", listener);
}
