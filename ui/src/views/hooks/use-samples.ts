import { useCallback, useSyncExternalStore } from "react";
import type { StatsSample } from "../../call/types";
import { useMaru } from "./maru-context";

/** Statistics of the link to a participant (by ID). While mounted, the link is sampled more often. */
export function useSamples(participant: string): readonly StatsSample[] {
  const { call } = useMaru();
  return useSyncExternalStore(
    useCallback((listener) => call.watchSamples(participant, listener), [call, participant]),
    () => call.samples(participant),
  );
}
