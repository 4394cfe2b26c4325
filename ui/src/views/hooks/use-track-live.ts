import { useCallback, useSyncExternalStore } from "react";
import type { RemoteTrack } from "../../engine/types";

/** Whether frames of a remote track are arriving. */
export function useTrackLive(track: RemoteTrack | undefined): boolean {
  return useSyncExternalStore(
    useCallback((listener) => track?.onChange(listener) ?? (() => undefined), [track]),
    () => track?.live() ?? false,
  );
}
