import { useEffect, useState } from "react";
import { useCall, useMaru } from "./maru-context";

/** How long the hint is shown, in milliseconds. */
const SHOWN_MS = 5000;

/** True for a moment when the person speaks into a muted microphone. */
export function useMuteHint(): boolean {
  const { call } = useMaru();
  const muted = useCall((state) => state.self.microphone.status !== "on");
  const [shown, setShown] = useState(false);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = call.onEvent((event) => {
      if (event.type !== "muted-speaking") return;
      setShown(true);
      clearTimeout(timer);
      timer = setTimeout(() => setShown(false), SHOWN_MS);
    });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [call]);
  return shown && muted;
}
