import { useEffect, useState } from "react";
import { useCall } from "./maru-context";

/** How long the microphone may be silent before the person is told, in milliseconds. */
export const SILENT_MS = 6_000;
/** A level above is heard: 0.03 is about -58 dBFS, below the noise of a room in front of any microphone. */
export const HEARD_LEVEL = 0.03;
const SAMPLE_MS = 100;
/** Longest time that one sample stands for, in milliseconds: timers of busy and hidden pages are slow. */
const MAX_SAMPLE_MS = 500;

/** True while the microphone is on and has not been heard at all since it was opened. */
export function useSilentMicrophone(): boolean {
  const track = useCall(({ self }) => (self.microphone.status === "on" ? self.microphone.track : null));
  /** The track that is silent. */
  const [silent, setSilent] = useState<typeof track>(null);
  useEffect(() => {
    if (!track) return;
    let silence = 0;
    let sampledAt = performance.now();
    const timer = setInterval(() => {
      const now = performance.now();
      const elapsed = Math.min(MAX_SAMPLE_MS, now - sampledAt);
      sampledAt = now;
      // Before the first gesture the browser does not measure.
      if (track.measuresLevel?.() !== true) return;
      if (track.level() > HEARD_LEVEL) {
        clearInterval(timer);
        setSilent(null);
        return;
      }
      silence += elapsed;
      if (silence >= SILENT_MS) setSilent(track);
    }, SAMPLE_MS);
    return () => clearInterval(timer);
  }, [track]);
  return track !== null && silent === track;
}
